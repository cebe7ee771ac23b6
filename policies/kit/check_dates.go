package kit

import (
	"crypto/x509"
	"fmt"
	"time"
)

// ExpiryWarning is how long before the end of a certificate Verify warns: a
// renewal needs the project lead, and people have holidays.
const ExpiryWarning = 30 * 24 * time.Hour

const day = 24 * time.Hour

// checkDates looks at every certificate of the kit: a chain is good only as
// long as all of it is.
func checkDates(k *Kit, options VerifyOptions) []Finding {
	findings := []Finding{dateFinding("the certificate", k.paths.certificate, k.Certificate, options.Now)}
	for i, c := range k.Intermediates {
		what := fmt.Sprintf("intermediate certificate %d", i+1)
		findings = append(findings, dateFinding(what, k.paths.certificate, c, options.Now))
	}
	return append(findings, dateFinding("the root certificate", k.paths.root, k.Root, options.Now))
}

func dateFinding(what, file string, c *x509.Certificate, now time.Time) Finding {
	from, until := c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339)
	left := c.NotAfter.Sub(now)
	switch {
	case now.Before(c.NotBefore):
		return fail(CheckDates, file, "check the clock, or wait: NVFLARE dates certificates from the second they are made",
			"%s is good from %s on, not yet", what, from)
	case left < 0:
		return fail(CheckDates, file, askForKit+": `nvflare provision` renews certificates only in a new workspace",
			"%s expired on %s, %s ago", what, until, days(-left))
	case left < ExpiryWarning:
		return warn(CheckDates, file, "ask the project lead for a new kit in good time",
			"%s expires on %s, in %s", what, until, days(left))
	}
	return pass(CheckDates, file, "%s is good until %s, %s more", what, until, days(left))
}

// days counts whole days.
func days(d time.Duration) string {
	switch n := int(d / day); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}
