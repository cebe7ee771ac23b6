package kit

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/startupkit"
)

// Genuine reads the kit in dir and verifies it. A kit with a failed check gives
// an error that names every one of them: such a kit must go nowhere. root, where
// given, is the fingerprint of the root that the kit must belong to.
func Genuine(dir, root string, now time.Time) (*startupkit.Kit, startupkit.Report, error) {
	if root != "" {
		var err error
		if root, err = startupkit.ParseFingerprint(root); err != nil {
			return nil, startupkit.Report{}, fmt.Errorf("--root-fingerprint: %w", err)
		}
	}
	k, err := readKit(dir)
	if err != nil {
		return nil, startupkit.Report{}, err
	}
	report := k.Verify(startupkit.VerifyOptions{Now: now, RootFingerprint: root})
	if report.Passed() {
		return k, report, nil
	}
	failures := []error{fmt.Errorf("the kit of %q in %s must not be used:", k.Participant, dir)}
	for _, f := range report.Findings {
		if f.Status == startupkit.StatusFail {
			failures = append(failures, findingError(f))
		}
	}
	return nil, report, errors.Join(failures...)
}

func findingError(f startupkit.Finding) error {
	text := f.Message
	if f.File != "" {
		text = f.File + ": " + text
	}
	if f.Fix != "" {
		text += "; " + f.Fix
	}
	return fmt.Errorf("  %s: %s", f.ID, text)
}
