package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
)

// Issuer is a certificate authority: its certificate and its key.
type Issuer struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// NewIssuer makes a self-signed certificate authority of a template, even if the
// template is not marked as one. If the template has no serial number, it gets a random
// one.
func NewIssuer(template *x509.Certificate, key crypto.Signer) (*Issuer, error) {
	authority := *template
	authority.IsCA, authority.BasicConstraintsValid = true, true
	issuer := &Issuer{Certificate: &authority, Key: key}
	c, err := issuer.Issue(&authority, key.Public())
	if err != nil {
		return nil, err
	}
	return &Issuer{Certificate: c, Key: key}, nil
}

// Issue makes a certificate of a template for a public key. If the template has no
// serial number, it gets a random one.
func (i *Issuer) Issue(template *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	leaf := *template
	if leaf.SerialNumber == nil {
		serial, err := NewSerial()
		if err != nil {
			return nil, err
		}
		leaf.SerialNumber = serial
	}
	der, err := x509.CreateCertificate(rand.Reader, &leaf, i.Certificate, key, i.Key)
	if err != nil {
		return nil, fmt.Errorf("the certificate of %.60q cannot be issued: the authority's key does not belong to its certificate, or the template is invalid", leaf.Subject.CommonName)
	}
	return x509.ParseCertificate(der)
}

// NewSerial returns a random serial number of 127 bits: positive and practically unique
// (RFC 5280, 4.1.2.2).
func NewSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, errors.New("cannot make a serial number: the system provides no random numbers")
	}
	return serial, nil
}
