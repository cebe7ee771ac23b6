package acceptance

import (
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// ExpiryWarning is how long before a certificate or a seal expires a finding warns. It
// is long, since a renewal needs the project lead, who may be on holiday.
const ExpiryWarning = 30 * 24 * time.Hour

const day = 24 * time.Hour

// Terms are the conditions that matter only when a pod is created; running pods may
// finish. They contain no key and no file, so that they can be kept and evaluated at
// any moment under the rules that they were made with. The zero value is never met.
type Terms struct {
	// Windows are the times in which parts of the kit are valid.
	Windows []Window
	// Fixed are findings that do not depend on the time: serial, revocation and the
	// settings that the policy requires.
	Fixed kit.Findings
}

// Window is when one part of a kit is valid.
type Window struct {
	// ID is the check, CheckDates or CheckSealDates; What names the part, such as "the
	// certificate", and File is the file that contains it.
	ID, What, File string
	// NotBefore and NotAfter are its first and last moment.
	NotBefore, NotAfter time.Time
}

// At returns the findings at one moment, all of them of the scope AtCreate: first those
// of the windows in their order, then the fixed ones.
func (t Terms) At(now time.Time) kit.Findings {
	if len(t.Windows)+len(t.Fixed) == 0 {
		return kit.Findings{kit.Fail(CheckDates, "", askForKit, "the kit does not say when it is valid")}.At(kit.AtCreate)
	}
	var all kit.Findings
	for _, w := range t.Windows {
		all = append(all, w.at(now))
	}
	return append(all, t.Fixed...).At(kit.AtCreate)
}

// Failed returns only the failures of At. It is cheap if there are none, since every
// verdict on a pod calls it.
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

// Until is when the first part of the kit expires; zero if nothing is known.
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
		return kit.Fail(w.ID, w.File, "check the clock, or wait", "%s is not yet valid: it becomes valid on %s", w.What, from)
	case left < 0:
		return kit.Fail(w.ID, w.File, w.renew(), "%s expired on %s, %s ago", w.What, until, days(-left))
	case left < ExpiryWarning:
		return kit.Warn(w.ID, w.File, w.renew()+" before it expires", "%s expires on %s, in %s", w.What, until, days(left))
	}
	return kit.Pass(w.ID, w.File, "%s is valid until %s, for another %s", w.What, until, days(left))
}

func (w Window) renew() string {
	switch w.ID {
	case CheckSealDates:
		return sealAgain
	case CheckLocalSealDates:
		return sealLocal
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

// terms collects what matters only when a pod is created.
func (e *evaluation) terms() Terms {
	var t Terms
	if k := e.kit; k.Certificate != nil {
		t.Windows = append(t.Windows, Window{CheckDates, "the certificate", k.Paths.Certificate, k.Certificate.NotBefore, k.Certificate.NotAfter})
		for i, c := range k.Intermediates {
			t.Windows = append(t.Windows, Window{CheckDates, fmt.Sprintf("intermediate certificate %d", i+1), k.Paths.Certificate, c.NotBefore, c.NotAfter})
		}
		t.Windows = append(t.Windows, Window{CheckDates, "the root certificate", k.Paths.Root, k.Root.NotBefore, k.Root.NotAfter})
	}
	if s := e.seal.statement; s != nil {
		t.Windows = append(t.Windows, Window{CheckSealDates, "the seal", kit.SealFile, s.NotBefore, s.NotAfter})
	}
	if c := e.seal.certificate; c != nil {
		t.Windows = append(t.Windows, Window{CheckSealDates, "the sealing certificate", kit.SealCertificateFile, c.NotBefore, c.NotAfter})
	}
	if len(t.Windows) == 0 {
		t.Fixed = append(t.Fixed, kit.Warn(CheckDates, e.kit.Paths.Configuration, askForSeal, "the kit does not say how long it is valid: it has neither certificates nor a seal"))
	}
	if e.site != nil {
		t.Fixed = append(append(append(t.Fixed, e.serial()...), e.revoked()...), e.privacy()...)
	}
	return t
}
