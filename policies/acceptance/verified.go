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

// Verified is a kit that Accept has found genuine. Nothing else can make one, so that
// what takes a Verified cannot be given a kit that nobody has judged. Whether a
// participant may start with it at some moment, Terms says.
type Verified struct {
	kit   *kit.Kit
	seal  *Sealed
	terms Terms
}

// errUnverified is given by the zero value.
var errUnverified = errors.New("the kit was not verified")

// Kit gives the kit, and an error where none was verified.
func (v Verified) Kit() (*kit.Kit, error) {
	if v.kit == nil {
		return nil, errUnverified
	}
	return v.kit, nil
}

// Seal is the kit's seal; nil where the kit has none, or where nothing was known that
// could check it.
func (v Verified) Seal() *Sealed { return v.seal }

// Terms are the terms on which the kit may start; those of the zero value are never
// met.
func (v Verified) Terms() Terms { return v.terms }

// On gives the kit as it is delivered on a volume. It stays verified: the files are
// the same, and the seal says which.
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

// Sealed is a seal that was found valid.
type Sealed struct {
	seal.Statement
	// By says who sealed, in words.
	By string
	// KeyFingerprint is the sealing key's, as pki.KeyFingerprint gives it.
	KeyFingerprint string
	// Certificate is the project's sealing certificate; nil where a site sealed.
	Certificate *x509.Certificate
}

// sealed is the seal if somebody is known to have made it.
func (j *judgement) sealed() *Sealed {
	if j.seal.statement == nil || j.seal.key == nil {
		return nil
	}
	return &Sealed{
		Statement: *j.seal.statement, By: j.seal.by,
		KeyFingerprint: pki.KeyFingerprint(j.seal.key), Certificate: j.seal.certificate,
	}
}

// openedSeal is a seal after the look at its envelope and its signer. Its statement is
// nil unless somebody who may seal has signed it, or nothing is known that could tell.
type openedSeal struct {
	finding   kit.Finding
	statement *seal.Statement
	// by is who sealed, for messages.
	by string
	// key is the sealer's, certificate the project's sealer's.
	key         crypto.PublicKey
	certificate *x509.Certificate
}

func outside(t time.Time, c *x509.Certificate) bool {
	return t.Before(c.NotBefore) || t.After(c.NotAfter)
}

// stamp writes a time as people compare it with others.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
