package acceptance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// issuer is a certificate authority with small keys, for kits that kittest does not
// make: with intermediates, other keys or odd subjects.
type issuer struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newIssuer(t *testing.T, parent *issuer, c *x509.Certificate) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	own := &issuer{t: t, certificate: c, key: key}
	if parent == nil {
		parent = own
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent.certificate, &key.PublicKey, parent.key)
	require.NoError(t, err)
	own.certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	return own
}

func (i *issuer) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate.Raw})
}

func (i *issuer) keyPEM() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	require.NoError(i.t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: issued, NotAfter: issued.Add(kittest.Validity), IsCA: true, BasicConstraintsValid: true,
	}
}

func participant(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name, Organization: []string{"a"}},
		NotBefore: issued, NotAfter: issued.Add(kittest.Validity),
	}
}

// kitOf is a kit of kittest with the certificates of an issuer.
func kitOf(t *testing.T, root, leaf *issuer, intermediates ...*issuer) *kit.Kit {
	t.Helper()
	k := newFederation(t).Client("site-1", "a")
	chain := leaf.pem()
	for _, i := range intermediates {
		chain = append(chain, i.pem()...)
	}
	return k.With("startup/rootCA.pem", root.pem()).With("startup/client.crt", chain).With("startup/client.key", leaf.keyPEM()).Read()
}

func options(k *kit.Kit) verifyOptions {
	return verifyOptions{Now: today, RootFingerprint: pki.Fingerprint(k.Root)}
}

func TestVerifyAChain(t *testing.T) {
	root := newIssuer(t, nil, authority("demo"))
	between := newIssuer(t, root, authority("between"))
	leaf := newIssuer(t, between, participant("site-1"))

	k := kitOf(t, root, leaf, between)
	assert.Len(t, k.Intermediates, 1)
	all := verify(t, k, options(k))
	assert.True(t, all.Passed(), "%+v", all)
	dates := findings(all, acceptance.CheckDates)
	require.Len(t, dates, 3)
	assert.Contains(t, dates[1].Message, "intermediate certificate 1 is valid until")

	k = kitOf(t, root, leaf)
	assert.Equal(t, acceptance.CheckChain, only(t, verify(t, k, options(k)), kit.StatusFail).ID, "without the link")
}

func TestVerifyDatesOfAChain(t *testing.T) {
	root := newIssuer(t, nil, authority("demo"))
	old := authority("between")
	old.NotAfter = today.Add(-time.Hour)
	between := newIssuer(t, root, old)
	k := kitOf(t, root, newIssuer(t, between, participant("site-1")), between)

	finding := only(t, verify(t, k, options(k)), kit.StatusFail)
	assert.Equal(t, acceptance.CheckDates, finding.ID)
	assert.Contains(t, finding.Message, "intermediate certificate 1 expired")
}

func TestVerifyRoots(t *testing.T) {
	root := newIssuer(t, nil, authority("demo"))
	noSigner := authority("demo")
	noSigner.KeyUsage = x509.KeyUsageDigitalSignature
	for name, tt := range map[string]struct {
		root *issuer
		text string
	}{
		"issued by another":    {newIssuer(t, root, authority("between")), "it was issued by another authority"},
		"signed by a namesake": {newIssuer(t, root, authority("demo")), "not a root certificate"},
		"must not sign":        {newIssuer(t, nil, noSigner), "not a root certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			k := kitOf(t, tt.root, newIssuer(t, tt.root, participant("site-1")))
			finding := findings(verify(t, k, options(k)), acceptance.CheckRoot)[0]
			assert.Equal(t, kit.StatusFail, finding.Status)
			assert.Contains(t, finding.Message, tt.text)
		})
	}
}

// NVFLARE and Go read some subjects differently.
func TestVerifySubjects(t *testing.T) {
	commonName := asn1.ObjectIdentifier{2, 5, 4, 3}
	role := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
	attribute := func(oid asn1.ObjectIdentifier, value string) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: oid, Value: value}
	}
	root := newIssuer(t, nil, authority("demo"))
	for _, tt := range []struct {
		id, text string
		orgs     []string
		extra    []pkix.AttributeTypeAndValue
	}{
		{nvflare.CheckParticipant, "more than one CN", []string{"a"}, []pkix.AttributeTypeAndValue{attribute(commonName, "x"), attribute(commonName, "site-1")}},
		{nvflare.CheckRole, "more than one role", []string{"a"}, []pkix.AttributeTypeAndValue{attribute(role, "client"), attribute(role, "lead")}},
		{nvflare.CheckOrg, "more than one organisation", []string{"a", "b"}, nil},
	} {
		c := participant("site-1")
		c.Subject.Organization, c.Subject.ExtraNames = tt.orgs, tt.extra
		k := kitOf(t, root, newIssuer(t, root, c))
		finding := only(t, verify(t, k, options(k)), kit.StatusFail)
		assert.Equal(t, tt.id, finding.ID)
		assert.Contains(t, finding.Message, tt.text)
	}

	// `nvflare cert` writes the role into every certificate.
	c := participant("site-1")
	c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{attribute(role, "client")}
	k := kitOf(t, root, newIssuer(t, root, c))
	assert.True(t, verify(t, k, options(k)).Passed())
}

// NVFLARE's signature is RSA-PSS, so it needs an RSA root.
func TestVerifySignatureNeedsAnRSARoot(t *testing.T) {
	root := newIssuer(t, nil, authority("demo"))
	leaf := newIssuer(t, root, participant("site-1"))
	k := newFederation(t, kittest.WithFamily(nvflare.Family27)).Client("site-1", "a")
	k.With("startup/rootCA.pem", root.pem()).With("startup/client.crt", leaf.pem()).With("startup/client.key", leaf.keyPEM())
	for _, f := range findings(verify(t, k.Read(), verifyOptions{Now: today}), nvflare.CheckStartupSignature) {
		assert.Equal(t, kit.StatusFail, f.Status)
	}
}
