package flower

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"net"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// NewKey makes a key on P-384, the curve that Flower recommends for SuperNodes.
func NewKey() (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, errors.New("cannot make a key: the system provides no random numbers")
	}
	return key, nil
}

// NewRoot makes the root of a federation.
func NewRoot(federation string, from, until time.Time) (*pki.Issuer, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	return pki.NewIssuer(&x509.Certificate{
		Subject: pkix.Name{CommonName: federation}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
	}, key)
}

// Issue makes the certificates of a participant, valid until the given time or as long as
// the root. The subject says who the participant is: CN its name, O its organization, OU
// its role.
func Issue(s Spec, key crypto.Signer, by *pki.Issuer, from, until time.Time) (Credentials, error) {
	if until.After(by.Certificate.NotAfter) {
		until = by.Certificate.NotAfter
	}
	t := template(&s, from, until)
	if s.Role == RoleServer {
		server(t, s.serves())
	} else {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	c := Credentials{Root: by.Certificate, Key: key}
	var err error
	if c.Certificate, err = by.Issue(t, key.Public()); err != nil || s.Role != RoleClient {
		return c, err
	}
	if c.RuntimeKey, err = NewKey(); err != nil {
		return c, err
	}
	t = template(&s, from, until)
	server(t, runtimeNames(s.Participant))
	if c.Runtime, err = by.Issue(t, c.RuntimeKey.Public()); err != nil {
		return c, err
	}
	c.SuperExecSecret, err = newSecret()
	return c, err
}

// newSecret makes 32 random bytes, in hexadecimal digits.
func newSecret() ([]byte, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, errors.New("cannot make a secret: the system provides no random numbers")
	}
	return hex.AppendEncode(nil, raw), nil
}

// runtimeNames are the names under which SuperExec and its pods dial a SuperNode.
func runtimeNames(participant string) []string {
	return append([]string{kit.ObjectName(participant)}, loopback()...)
}

func template(s *Spec, from, until time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: s.Participant, Organization: []string{s.Org}, OrganizationalUnit: []string{string(s.Role)}},
		NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
}

func server(t *x509.Certificate, names []string) {
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, name := range names {
		if isIP(name) {
			t.IPAddresses = append(t.IPAddresses, net.ParseIP(name))
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
}
