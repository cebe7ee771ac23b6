package kit

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// ClockSkew is how long before the time of sealing a seal becomes valid, since the
// clocks of sites differ.
const ClockSkew = 5 * time.Minute

// SealOptions are what a sealer decides.
type SealOptions struct {
	// Now is the time of sealing.
	Now time.Time
	// ValidFor is how long the seal is valid. The seal expires no later than the
	// certificates.
	ValidFor time.Duration
	// Serial is the serial of the seal; zero means the Unix time in seconds.
	Serial int64
	// Version is the exact version of the framework, if the sealer knows it.
	Version string
	// Key is the sealing key.
	Key *ecdsa.PrivateKey
	// Certificate is the key's certificate in PEM if the project seals the kit. It is
	// empty if the site does.
	Certificate []byte
}

// MakeSeal seals startup/ as it is now. Verify it with package acceptance first. MakeSeal
// rejects certificates that package acceptance would reject.
func (k *Kit) MakeSeal(o SealOptions) (*Seal, error) { return k.makeSeal(o, k.Startup, "") }

// MakeLocalSeal is MakeSeal for local/. The names of its files in the statement begin
// with local/, so that neither of the two seals can take the place of the other.
func (k *Kit) MakeLocalSeal(o SealOptions) (*Seal, error) {
	if len(k.Local) == 0 {
		return nil, errors.New("local/ has no files")
	}
	made, err := k.makeSeal(o, k.Local, localPrefix)
	if err != nil || made.Certificate == nil {
		return made, err
	}
	c, err := pki.ParseCertificate(made.Certificate)
	if err != nil {
		return nil, err
	}
	made.Certificate = append(pki.EncodeCertificate(c), pki.EncodeCertificate(k.Root)...)
	return made, nil
}

func (k *Kit) makeSeal(o SealOptions, files Files, prefix string) (*Seal, error) {
	certificates := k.Certificates()
	by := seal.BySite
	if len(o.Certificate) > 0 {
		c, err := k.sealingCertificate(o)
		if err != nil {
			return nil, err
		}
		by, certificates = seal.ByProject, append(certificates, c)
	}
	statement := k.statement(o, by)
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		statement.Files[prefix+f.Name] = hex.EncodeToString(sum[:])
	}
	for _, c := range certificates {
		statement.NotBefore = later(statement.NotBefore, c.NotBefore)
		statement.NotAfter = earlier(statement.NotAfter, c.NotAfter)
	}
	if !statement.NotAfter.After(o.Now) {
		return nil, fmt.Errorf("the seal would never be valid: it would expire on %s", stamp(statement.NotAfter))
	}
	envelope, err := seal.Sign(statement, o.Key)
	if err != nil {
		return nil, err
	}
	return &Seal{Envelope: envelope, Certificate: o.Certificate}, nil
}

// sealingCertificate checks that the root allows the key to seal this kit.
func (k *Kit) sealingCertificate(o SealOptions) (*x509.Certificate, error) {
	if k.Root == nil {
		return nil, errors.New("a project cannot seal a kit without certificates: seal it with a key of the site, without --cert")
	}
	c, err := pki.ParseCertificate(o.Certificate)
	if err != nil {
		return nil, fmt.Errorf("the sealing certificate is invalid: it %w", err)
	}
	if err := seal.CheckCertificate(c, k.Root); err != nil {
		return nil, fmt.Errorf("the certificate of %s is not valid for sealing this kit: %w", Quote(c.Subject.CommonName), err)
	}
	if !o.Key.PublicKey.Equal(c.PublicKey) {
		return nil, errors.New("the sealing key does not belong to the sealing certificate")
	}
	if o.Now.Before(c.NotBefore) || o.Now.After(c.NotAfter) {
		return nil, fmt.Errorf("the sealing certificate is valid from %s until %s, but not now", stamp(c.NotBefore), stamp(c.NotAfter))
	}
	return c, nil
}

func (k *Kit) statement(o SealOptions, by seal.SealedBy) *seal.Statement {
	now := o.Now.UTC().Truncate(time.Second)
	s := &seal.Statement{
		Files:      map[string]string{},
		Federation: k.Federation, Participant: k.Participant, Role: string(k.Role), Org: k.Org,
		Framework: seal.Framework{Name: k.Framework, Family: k.Family, Version: cmp.Or(o.Version, k.Version)},
		NotBefore: now.Add(-ClockSkew), NotAfter: now.Add(o.ValidFor),
		Serial: o.Serial, SealedBy: by,
	}
	if k.Root != nil {
		s.Root = pki.Fingerprint(k.Root)
	} else {
		s.Key = k.KeyFingerprint
	}
	if s.Serial == 0 {
		s.Serial = now.Unix()
	}
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// stamp formats a time.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
