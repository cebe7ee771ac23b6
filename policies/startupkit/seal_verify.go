package startupkit

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/startupkit/seal"
)

// VerifySeal judges the seal alone, with the root that it hangs on: who made it,
// whether startup/ is as it was sealed, for whom, until when, and whether
// anything is revoked. It gives what the seal says, nil for a kit without one
// where trust takes NVFLARE's own signature. The error names every failure.
func (k *Kit) VerifySeal(trust Trust, now time.Time) (*seal.Statement, error) {
	options := VerifyOptions{Now: now, Trust: &trust}
	options.seal = openSeal(k, options)
	report := k.run([]check{
		checkRoot, checkPin, checkChain, checkSeal, checkSealFiles, checkSealIdentity, checkSealDates, checkSerial, checkRevoked,
	}, options)
	var failures []error
	for _, f := range report.Findings {
		if f.Status == StatusFail {
			failures = append(failures, fmt.Errorf("%s: %s: %s; %s", f.ID, f.File, f.Message, f.Fix))
		}
	}
	if len(failures) > 0 {
		return nil, errors.Join(failures...)
	}
	return options.seal.statement, nil
}
