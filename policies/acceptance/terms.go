package acceptance

import (
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// ExpiryWarning is how long before the end of a certificate or a seal a finding warns:
// a renewal needs the project lead, and people have holidays.
const ExpiryWarning = 30 * 24 * time.Hour

const day = 24 * time.Hour

// Terms are what only matters when a pod is created: pods that run with the kit may
// end in order. They are a value without key or file, to be kept and met at any moment
// under the rules that they were made with. The zero value is never met.
type Terms struct {
	// Windows are the times in which parts of the kit are valid.
	Windows []Window
	// Fixed are findings that no time changes: serial and revocation.
	Fixed kit.Findings
}

// Window is when one part of a kit is valid.
type Window struct {
	// ID is the check, CheckDates or CheckSealDates; What names the part, such as "the
	// certificate", and File is where it stands.
	ID, What, File string
	// NotBefore and NotAfter are in it.
	NotBefore, NotAfter time.Time
}

// At gives the findings of one moment, all of them of the scope AtCreate: first the
// windows in their order, then what is fixed.
func (t Terms) At(now time.Time) kit.Findings {
	if len(t.Windows)+len(t.Fixed) == 0 {
		return kit.Findings{kit.Fail(CheckDates, "", askForKit, "nothing says when the kit is valid")}.At(kit.AtCreate)
	}
	var all kit.Findings
	for _, w := range t.Windows {
		all = append(all, w.at(now))
	}
	return append(all, t.Fixed...).At(kit.AtCreate)
}

// Failed gives the failures of At alone, and costs nothing where there are none: every
// verdict on a pod asks it.
func (t Terms) Failed(now time.Time) kit.Findings {
	met := len(t.Windows)+len(t.Fixed) > 0
	for _, w := range t.Windows {
		met = met && !now.Before(w.NotBefore) && !now.After(w.NotAfter)
	}
	for i := range t.Fixed {
		met = met && t.Fixed[i].Status != kit.StatusFail
	}
	if met {
		return nil
	}
	return t.At(now).With(kit.StatusFail)
}

// Until is the end of what ends first; zero where nothing is known.
func (t Terms) Until() time.Time {
	var until time.Time
	for _, w := range t.Windows {
		if until.IsZero() || w.NotAfter.Before(until) {
			until = w.NotAfter
		}
	}
	return until
}

func (w Window) at(now time.Time) kit.Finding {
	from, until, left := stamp(w.NotBefore), stamp(w.NotAfter), w.NotAfter.Sub(now)
	switch {
	case now.Before(w.NotBefore):
		return kit.Fail(w.ID, w.File, "check the clock, or wait: certificates are dated from the second they are made", "%s is valid from %s on, not yet", w.What, from)
	case left < 0:
		return kit.Fail(w.ID, w.File, w.renew(), "%s expired on %s, %s ago", w.What, until, days(-left))
	case left < ExpiryWarning:
		return kit.Warn(w.ID, w.File, w.renew()+" in good time", "%s expires on %s, in %s", w.What, until, days(left))
	}
	return kit.Pass(w.ID, w.File, "%s is valid until %s, %s more", w.What, until, days(left))
}

func (w Window) renew() string {
	if w.ID == CheckSealDates {
		return sealAgain
	}
	return askForKit
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

// terms gathers what only matters at creation.
func (j *judgement) terms() Terms {
	var t Terms
	if k := j.kit; k.Certificate != nil {
		t.Windows = append(t.Windows, Window{CheckDates, "the certificate", k.Paths.Certificate, k.Certificate.NotBefore, k.Certificate.NotAfter})
		for i, c := range k.Intermediates {
			t.Windows = append(t.Windows, Window{CheckDates, fmt.Sprintf("intermediate certificate %d", i+1), k.Paths.Certificate, c.NotBefore, c.NotAfter})
		}
		t.Windows = append(t.Windows, Window{CheckDates, "the root certificate", k.Paths.Root, k.Root.NotBefore, k.Root.NotAfter})
	}
	if s := j.seal.statement; s != nil {
		t.Windows = append(t.Windows, Window{CheckSealDates, "the seal", kit.SealFile, s.NotBefore, s.NotAfter})
	}
	if c := j.seal.certificate; c != nil {
		t.Windows = append(t.Windows, Window{CheckSealDates, "the sealing certificate", kit.SealCertificateFile, c.NotBefore, c.NotAfter})
	}
	if len(t.Windows) == 0 {
		t.Fixed = append(t.Fixed, kit.Warn(CheckDates, j.kit.Paths.Configuration, askForSeal, "nothing says until when the kit is valid: it has neither certificates nor a seal"))
	}
	if j.site != nil {
		t.Fixed = append(append(t.Fixed, j.serial()...), j.revoked()...)
	}
	return t
}
