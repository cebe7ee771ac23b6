package kittest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Sealer is a sealer of the project, with a certificate, or of a site.
type Sealer struct {
	// Name is the sealer's name.
	Name string
	Key  *ecdsa.PrivateKey
	// Certificate is seal.crt in PEM. It is empty for a site's sealer.
	Certificate []byte
}

// Sealer makes a sealer of the project, certified by the federation's root.
func (f *Federation) Sealer(name string) *Sealer {
	f.t.Helper()
	return SealerOf(f.t, name, f.issuer, f.settings.notBefore, f.settings.notAfter)
}

// SealerOf makes a sealer of the project, certified by a root.
func SealerOf(t testing.TB, name string, root *pki.Issuer, from, until time.Time) *Sealer {
	t.Helper()
	s := NewSealer(t, name)
	var err error
	s.Certificate, err = seal.NewCertificate(name, &s.Key.PublicKey, root, from, until)
	if err != nil {
		t.Fatalf("certify the sealer: %v", err)
	}
	return s
}

// NewSealer makes a sealer of a site: a key and a name.
func NewSealer(t testing.TB, name string) *Sealer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("generate a sealing key: %v", err)
	}
	return &Sealer{Name: name, Key: key}
}

// PublicKey is the sealer's public key in PEM, as a SitePolicy has it.
func (s *Sealer) PublicKey(t testing.TB) string {
	t.Helper()
	data, err := pki.EncodePublicKey(&s.Key.PublicKey)
	if err != nil {
		t.Fatalf("encode the public key: %v", err)
	}
	return string(data)
}

// Seal seals startup/ and local/ as they are now. The seals are valid for Validity, and
// their serial is 1, unless change sets others.
func (k *Kit) Seal(t testing.TB, by *Sealer, change ...func(*kit.SealOptions)) *Kit {
	t.Helper()
	return k.SealStartup(t, by, change...).SealLocal(t, by, change...)
}

// SealStartup is Seal for startup/ alone.
func (k *Kit) SealStartup(t testing.TB, by *Sealer, change ...func(*kit.SealOptions)) *Kit {
	t.Helper()
	made, err := k.Read().MakeSeal(k.sealOptions(by, change))
	return k.sealed(t, made, err, kit.SealFile, kit.SealCertificateFile)
}

// SealLocal is Seal for local/ alone, if the kit has one.
func (k *Kit) SealLocal(t testing.TB, by *Sealer, change ...func(*kit.SealOptions)) *Kit {
	t.Helper()
	one := k.Read()
	if len(one.Local) == 0 {
		return k.Without(kit.LocalSealFile, kit.LocalSealCertificateFile)
	}
	made, err := one.MakeLocalSeal(k.sealOptions(by, change))
	return k.sealed(t, made, err, kit.LocalSealFile, kit.LocalSealCertificateFile)
}

func (k *Kit) sealOptions(by *Sealer, change []func(*kit.SealOptions)) kit.SealOptions {
	options := kit.SealOptions{
		Now: k.Certificate.NotBefore.Add(time.Minute), ValidFor: Validity, Serial: 1, Key: by.Key, Certificate: by.Certificate,
	}
	for _, c := range change {
		c(&options)
	}
	return options
}

func (k *Kit) sealed(t testing.TB, made *kit.Seal, err error, envelope, certificate string) *Kit {
	t.Helper()
	if err != nil {
		t.Fatalf("seal the kit: %v", err)
	}
	k.With(envelope, made.Envelope)
	if made.Certificate == nil {
		return k.Without(certificate)
	}
	return k.With(certificate, made.Certificate)
}

// WriteRoot writes the root's certificate and its private key, which the project lead has,
// to files in a temporary folder.
func (f *Federation) WriteRoot(t testing.TB) (certificate, key string) {
	t.Helper()
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "rootCA.pem"), filepath.Join(dir, "rootCA.key")
	for file, data := range map[string][]byte{certificate: pki.EncodeCertificate(f.Root), key: keyPEM(t, f.key, false)} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}
