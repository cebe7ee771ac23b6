package seal

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// TestCheckCertificate makes one change to a valid sealing certificate.
func TestCheckCertificate(t *testing.T) {
	rootKey := newKey(t)
	root := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "demo"}, IsCA: true, BasicConstraintsValid: true}, nil, rootKey, rootKey)
	betweenKey := newKey(t)
	between := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "between"}, IsCA: true, BasicConstraintsValid: true}, root, betweenKey, rootKey)
	usage := func(critical bool, oids ...asn1.ObjectIdentifier) []pkix.Extension {
		value, err := asn1.Marshal(oids)
		require.NoError(t, err)
		return []pkix.Extension{{Id: extendedKeyUsage(), Critical: critical, Value: value}}
	}
	anyUsage, clientAuth := asn1.ObjectIdentifier{2, 5, 29, 37, 0}, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	unknown := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	for _, tt := range []struct {
		name, want string
		change     func(*x509.Certificate)
	}{
		{"valid", "", func(*x509.Certificate) {}},
		{"a participant's", "is missing", func(c *x509.Certificate) { *c = x509.Certificate{Subject: c.Subject} }},
		{"any usage", "is missing", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, anyUsage) }},
		{"another usage", "is missing", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, clientAuth) }},
		{"two usages", "is not the only one", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, Usage(), clientAuth) }},
		{"not critical", "is not critical", func(c *x509.Certificate) { c.ExtraExtensions = usage(false, Usage()) }},
		{"an authority", "not marked as CA:FALSE", func(c *x509.Certificate) { c.IsCA = true }},
		{"no constraints", "not marked as CA:FALSE", func(c *x509.Certificate) { c.BasicConstraintsValid = false }},
		{"another key usage", "digitalSignature only", func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageKeyEncipherment }},
		{"no key usage", "digitalSignature only", func(c *x509.Certificate) { c.KeyUsage = 0 }},
		{"a critical extension", "an unknown critical extension", func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, unknown) }},
		{"no name", "no CN", func(c *x509.Certificate) { c.Subject = pkix.Name{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &x509.Certificate{
				Subject: pkix.Name{CommonName: "release"}, BasicConstraintsValid: true,
				KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: usage(true, Usage()),
			}
			tt.change(c)
			err := CheckCertificate(issue(t, c, root, newKey(t), rootKey), root)
			if tt.want == "" {
				require.NoError(t, err)
				require.ErrorContains(t, CheckCertificate(issue(t, c, between, newKey(t), betweenKey), root), "did not issue it itself")
				assert.ErrorContains(t, CheckCertificate(issue(t, c, root, newKey(t), betweenKey), root), "did not issue it itself")
			} else {
				assert.ErrorContains(t, err, tt.want)
			}
		})
	}
}

func TestNewCertificate(t *testing.T) {
	rootKey, key := newKey(t), newKey(t)
	root := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "demo"}, IsCA: true, BasicConstraintsValid: true}, nil, rootKey, rootKey)
	data, err := NewCertificate("release", &key.PublicKey, &pki.Issuer{Certificate: root, Key: rootKey}, sealed, sealed.AddDate(1, 0, 0))
	require.NoError(t, err)
	c, err := pki.ParseCertificate(data)
	require.NoError(t, err)
	assert.Equal(t, "release", c.Subject.CommonName)
	_, err = NewCertificate("release", &key.PublicKey, &pki.Issuer{Certificate: root, Key: key}, sealed, sealed.AddDate(1, 0, 0))
	assert.ErrorContains(t, err, "the authority's key does not belong to its certificate")
}

func issue(t *testing.T, c, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(7), sealed, sealed.AddDate(1, 0, 0)
	if parent == nil {
		parent = c
	} else {
		// CreateCertificate checks that the key belongs to the parent; a forger would not.
		forged := *parent
		forged.PublicKey = &parentKey.PublicKey
		parent = &forged
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return made
}
