package kit

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Sealed is a seal that was found good.
type Sealed struct {
	seal.Statement
	// By says who sealed, in words.
	By string
	// KeyFingerprint is the sealing key's, as seal.KeyFingerprint gives it.
	KeyFingerprint string
	// Certificate is the project's sealing certificate; nil where a site sealed.
	Certificate *x509.Certificate
}

// VerifySeal judges the seal alone, with the root that it hangs on: who made it,
// whether startup/ is as it was sealed, for whom, until when, and whether
// anything is revoked. It gives nil for a kit without a seal where trust takes
// NVFLARE's own signature. The error names every failure.
func (k *Kit) VerifySeal(trust Trust, now time.Time) (*Sealed, error) {
	options := VerifyOptions{Now: now, Trust: &trust}
	options.seal = openSeal(k, options)
	report := k.run([]check{
		checkRoot, checkPin, checkChain,
		checkSeal, checkSealFiles, checkSealIdentity, checkSealDates, checkSerial, checkRevoked, checkListed,
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
	o := options.seal
	if o.statement == nil {
		return nil, nil
	}
	return &Sealed{Statement: *o.statement, By: o.by, KeyFingerprint: pki.KeyFingerprint(o.key), Certificate: o.certificate}, nil
}
