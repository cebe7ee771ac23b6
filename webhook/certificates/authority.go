package certificates

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// How long certificates are valid. Each is made again when a third of its time is
// left; the authority outlives what it has issued.
const (
	authorityLife = 2 * 365 * 24 * time.Hour
	servingLife   = 90 * 24 * time.Hour
	// skew is how far clocks may differ.
	skew = time.Hour
)

// refresh gives what the Secret should hold now: the same, where nothing is
// missing or too old.
func refresh(data map[string][]byte, names []string, now time.Time) (map[string][]byte, error) {
	ca, err := pair(data[keyCA], data[keyCAKey])
	bundle := data[keyCA]
	if err != nil || old(ca.Leaf, now) {
		if ca, bundle, err = newAuthority(bundle, now); err != nil {
			return nil, err
		}
		data = nil
	}
	serving, err := pair(data[corev1.TLSCertKey], data[corev1.TLSPrivateKeyKey])
	if err == nil && !old(serving.Leaf, now) && serving.Leaf.CheckSignatureFrom(ca.Leaf) == nil && slices.Equal(serving.Leaf.DNSNames, names) {
		return data, nil
	}
	certificate, key, err := issue(ca, names, now)
	if err != nil {
		return nil, err
	}
	caKey, err := encodeKey(ca.PrivateKey)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{keyCA: bundle, keyCAKey: caKey, corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key}, nil
}

func old(c *x509.Certificate, now time.Time) bool {
	return now.Before(c.NotBefore) || c.NotAfter.Sub(now) < c.NotAfter.Sub(c.NotBefore)/3
}

// newAuthority keeps the one before it in the bundle.
func newAuthority(before []byte, now time.Time) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "flare-webhook-ca"},
		NotBefore: now.Add(-skew), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	bundle := encode(der)
	if previous, _ := pem.Decode(before); previous != nil {
		bundle = append(bundle, encode(previous.Bytes)...)
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, bundle, err
}

func issue(ca tls.Certificate, names []string, now time.Time) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "flare-webhook"}, DNSNames: names,
		NotBefore: now.Add(-skew), NotAfter: now.Add(servingLife), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.Leaf, private.Public(), ca.PrivateKey)
	if err != nil {
		return nil, nil, err
	}
	key, err = encodeKey(private)
	return encode(der), key, err
}

// pair reads a certificate, the first of a bundle, and its key.
func pair(certificate, key []byte) (tls.Certificate, error) {
	if len(bytes.TrimSpace(certificate)) == 0 {
		return tls.Certificate{}, errNone
	}
	p, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return tls.Certificate{}, errors.New("certificate and key do not belong together")
	}
	if p.Leaf == nil {
		p.Leaf, err = x509.ParseCertificate(p.Certificate[0])
	}
	return p, err
}

func encode(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func encodeKey(key crypto.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// serial is random, 127 bits: positive, and never twice (RFC 5280, 4.1.2.2).
func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // crypto/rand ends the process before it gives an error
	}
	return n
}
