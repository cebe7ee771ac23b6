package acceptance

import (
	"crypto"
	"crypto/x509"
	"errors"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Verified is a kit that Accept has found genuine. No other code can make one, so a
// function with a parameter of this type cannot get an unverified kit. Terms says
// whether a participant may start with the kit at some moment.
type Verified struct {
	kit   *kit.Kit
	seal  *Sealed
	terms Terms
}

// errUnverified is the error of the zero value.
var errUnverified = errors.New("the kit was not verified")

// Kit returns the kit, or an error for the zero value.
func (v Verified) Kit() (*kit.Kit, error) {
	if v.kit == nil {
		return nil, errUnverified
	}
	return v.kit, nil
}

// Seal is the kit's seal. It is nil if the kit has none, or if the rules cannot verify
// it.
func (v Verified) Seal() *Sealed { return v.seal }

// Terms are the terms on which the kit may start; those of the zero value are never
// met.
func (v Verified) Terms() Terms { return v.terms }

// On returns the kit as it is delivered on a volume. It is still verified, since the
// seal lists the same files.
func (v Verified) On(volume kit.Volume) (Verified, error) {
	k, err := v.Kit()
	if err != nil {
		return Verified{}, err
	}
	if v.kit, err = k.On(volume); err != nil {
		return Verified{}, err
	}
	return v, nil
}

// Sealed is a valid seal.
type Sealed struct {
	seal.Statement
	// By says who sealed the kit, in words.
	By string
	// KeyFingerprint is the fingerprint of the sealing key, see pki.KeyFingerprint.
	KeyFingerprint string
	// Certificate is the project's sealing certificate. It is nil if the site sealed
	// the kit.
	Certificate *x509.Certificate
}

// sealed returns the seal if its sealer is known.
func (o openedSeal) sealed() *Sealed {
	if o.statement == nil || o.key == nil {
		return nil
	}
	return &Sealed{
		Statement: *o.statement, By: o.by,
		KeyFingerprint: pki.KeyFingerprint(o.key), Certificate: o.certificate,
	}
}

// openedSeal is the result of opening a seal. Its statement is nil if the seal is not
// signed by an allowed sealer. If the rules cannot tell, the statement is set, but the
// key is nil.
type openedSeal struct {
	finding   kit.Finding
	statement *seal.Statement
	// by names the sealer, for messages.
	by string
	// key is the sealer's key, and certificate that of the project's sealer. root is the
	// root that comes with a seal of local/.
	key               crypto.PublicKey
	certificate, root *x509.Certificate
}

func outside(t time.Time, c *x509.Certificate) bool {
	return t.Before(c.NotBefore) || t.After(c.NotAfter)
}

// stamp formats a time.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
