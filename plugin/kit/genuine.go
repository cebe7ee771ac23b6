package kit

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Genuine reads the kit in dir and verifies it. A kit with a failed check gives
// an error that names every one of them: such a kit must go nowhere. root, where
// given, is the fingerprint of the root that the kit must belong to.
func Genuine(dir, root string, now time.Time) (*kit.Kit, kit.Report, error) {
	if root != "" {
		var err error
		if root, err = pki.ParseFingerprint(root); err != nil {
			return nil, kit.Report{}, fmt.Errorf("--root-fingerprint: %w", err)
		}
	}
	k, err := readKit(dir)
	if err != nil {
		return nil, kit.Report{}, err
	}
	report := k.Verify(kit.VerifyOptions{Now: now, RootFingerprint: root})
	if err := refusal(dir, k, report, "used"); err != nil {
		return nil, report, err
	}
	return k, report, nil
}

// refusal names every failed check of a kit; nil where there is none.
func refusal(dir string, k *kit.Kit, report kit.Report, done string) error {
	if report.Passed() {
		return nil
	}
	failures := []error{fmt.Errorf("the kit of %q in %s must not be %s", k.Participant, dir, done)}
	for _, f := range report.Findings {
		if f.Status == kit.StatusFail {
			failures = append(failures, findingError(f))
		}
	}
	return errors.Join(failures...)
}

func findingError(f kit.Finding) error {
	text := f.Message
	if f.File != "" {
		text = f.File + ": " + text
	}
	if f.Fix != "" {
		text += "; " + f.Fix
	}
	return fmt.Errorf("  %s: %s", f.ID, text)
}
