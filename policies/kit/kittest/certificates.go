package kittest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
)

// subject names a participant the way NVFLARE does: an admin's role is the
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

// leaf is a certificate without key usages, as NVFLARE's are.
func leaf(t testing.TB, s settings, name pkix.Name, sans []string) *x509.Certificate {
	t.Helper()
	c := template(t, s, name)
	for _, san := range sans {
		if ip := net.ParseIP(san); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, san)
		}
	}
	return c
}

func authority(t testing.TB, s settings, name string) *x509.Certificate {
	t.Helper()
	c := template(t, s, pkix.Name{CommonName: name})
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	c.DNSNames = []string{name}
	return c
}

func template(t testing.TB, s settings, name pkix.Name) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		t.Fatalf("draw a serial number: %v", err)
	}
	return &x509.Certificate{
		SerialNumber: serial, Subject: name, NotBefore: s.notBefore, NotAfter: s.notAfter,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
}

func sign(t testing.TB, c, parent *x509.Certificate, public *rsa.PublicKey, signer *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, signer)
	if err != nil {
		t.Fatalf("create the certificate of %s: %v", c.Subject.CommonName, err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("parse the certificate of %s: %v", c.Subject.CommonName, err)
	}
	return signed
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func keyPEM(t testing.TB, key *rsa.PrivateKey, pkcs8 bool) []byte {
	t.Helper()
	if !pkcs8 {
		return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatalf("marshal the key: %v", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
