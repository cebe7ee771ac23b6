package pki_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func template(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0)}
}

func newIssuer(t *testing.T, name string) *pki.Issuer {
	t.Helper()
	issuer, err := pki.NewIssuer(template(name), newKey(t))
	require.NoError(t, err)
	return issuer
}

// intermediate is an authority that another one has certified.
func intermediate(t *testing.T, by *pki.Issuer) *pki.Issuer {
	t.Helper()
	key := newKey(t)
	authority := template("between")
	authority.IsCA, authority.BasicConstraintsValid = true, true
	c, err := by.Issue(authority, key.Public())
	require.NoError(t, err)
	return &pki.Issuer{Certificate: c, Key: key}
}

func leaf(t *testing.T, by *pki.Issuer, change ...func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := template("site-1")
	for _, f := range change {
		f(c)
	}
	made, err := by.Issue(c, newKey(t).Public())
	require.NoError(t, err)
	return made
}

func TestIssue(t *testing.T) {
	root := newIssuer(t, "demo")
	require.NoError(t, pki.CheckRoot(root.Certificate))
	one, two := leaf(t, root), leaf(t, root)
	assert.NotEqual(t, pki.Serial(one), pki.Serial(two))
	require.NoError(t, pki.VerifyChain(one, nil, root.Certificate))
	require.Error(t, pki.CheckRoot(one))
	stranger := &pki.Issuer{Certificate: root.Certificate, Key: newKey(t)}
	_, err := stranger.Issue(template("site-1"), newKey(t).Public())
	assert.ErrorContains(t, err, "the authority's key does not belong to its certificate")
}

func TestVerifyChain(t *testing.T) {
	root, other := newIssuer(t, "demo"), newIssuer(t, "demo")
	authority := intermediate(t, root)
	between, below := authority.Certificate, leaf(t, authority)
	require.NoError(t, pki.VerifyChain(below, []*x509.Certificate{between}, root.Certificate))
	require.Error(t, pki.VerifyChain(below, nil, root.Certificate), "the intermediate is missing")
	require.Error(t, pki.VerifyChain(below, []*x509.Certificate{between}, other.Certificate))
	require.Error(t, pki.CheckRoot(between), "issued by another authority")
	later := leaf(t, root, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = issued.AddDate(0, 6, 0), issued.AddDate(2, 0, 0) })
	require.NoError(t, pki.VerifyChain(later, nil, root.Certificate), "dates are for the caller")
	usage := leaf(t, root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	assert.NoError(t, pki.VerifyChain(usage, nil, root.Certificate), "usages are not asked for")
}

func TestParseCertificates(t *testing.T) {
	root := newIssuer(t, "demo").Certificate
	one := string(pki.EncodeCertificate(root))
	key, err := pki.EncodeKey(newKey(t))
	require.NoError(t, err)
	for _, tt := range []struct{ name, data, all, single string }{
		{"one", one, "", ""},
		{"two", one + one, "", "is not PEM with one CERTIFICATE"},
		{"nothing", "", "is not valid PEM", "is not PEM with one CERTIFICATE"},
		{"a key", string(key), `contains a PEM block "PRIVATE KEY"`, "is not PEM with one CERTIFICATE"},
		{"one that Go skips", one + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "is not valid PEM", "is not PEM with one CERTIFICATE"},
		{"garbage", string(block("CERTIFICATE", []byte("garbage"))), "cannot be parsed", "cannot be parsed"},
		{"large", one + strings.Repeat("#", pki.MaxCertificates), "is larger than 64 KiB", "is larger than 16 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := pki.ParseCertificates([]byte(tt.data))
			expect(t, err, tt.all)
			_, err = pki.ParseCertificate([]byte(tt.data))
			expect(t, err, tt.single)
		})
	}
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err)
	} else {
		assert.ErrorContains(t, err, want)
	}
}

func TestEqual(t *testing.T) {
	one, other := newKey(t), newKey(t)
	assert.True(t, pki.Equal(one.Public(), one.Public()))
	assert.False(t, pki.Equal(one.Public(), other.Public()))
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	assert.False(t, pki.Equal(one.Public(), rsaKey.Public()))
	assert.False(t, pki.Equal(one.Public(), "no key"))
	assert.False(t, pki.Equal(nil, one.Public()))
}
