package kittest

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"net"
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// subject is the subject of a participant as NVFLARE writes it, with an admin's role in the
// attribute unstructuredName.
func subject(name, org, role string) pkix.Name {
	s := pkix.Name{CommonName: name}
	if org != "" {
		s.Organization = []string{org}
	}
	if role != "" {
		unstructuredName := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
		s.ExtraNames = []pkix.AttributeTypeAndValue{{Type: unstructuredName, Value: role}}
	}
	return s
}

// leaf is a certificate without key usages, like NVFLARE's.
func leaf(s settings, name pkix.Name, sans []string) *x509.Certificate {
	c := template(s, name)
	for _, san := range sans {
		if ip := net.ParseIP(san); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, san)
		}
	}
	return c
}

func authority(t testing.TB, s settings, name string, key *rsa.PrivateKey) *pki.Issuer {
	t.Helper()
	c := template(s, pkix.Name{CommonName: name})
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	c.DNSNames = []string{name}
	issuer, err := pki.NewIssuer(c, key)
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

func template(s settings, name pkix.Name) *x509.Certificate {
	return &x509.Certificate{
		Subject: name, NotBefore: s.notBefore, NotAfter: s.notAfter, SignatureAlgorithm: x509.SHA256WithRSA,
	}
}

func keyPEM(t testing.TB, key *rsa.PrivateKey, pkcs8 bool) []byte {
	t.Helper()
	if !pkcs8 {
		return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	}
	data, err := pki.EncodeKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
