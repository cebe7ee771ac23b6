package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Usage is the extended key usage (RFC 5280, 4.2.1.12) that allows a certificate to
// seal kits. Every participant has a certificate of the root, but only the owner of
// the root can make one with this usage.
//
// It is the UUID 5cacccd2-d0bf-59d8-8aea-02758f38642e, version 5 of
// https://kubectl-flare.dev/startup-kit/sealing in the URL name space, in seven parts
// below Microsoft's arc for such identifiers. In the arc 2.25, it would be a single
// number, and Go rejects certificates with identifiers above 31 bits.
func Usage() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113556, 1, 8000, 2554, 23724, 52434, 53439, 23000, 35562, 161167, 3695662}
}

// Identifiers of RFC 5280.
func extendedKeyUsage() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 29, 37} }

// CheckCertificate says why a certificate may not seal kits of the root's federation.
// The caller checks its dates.
func CheckCertificate(c, root *x509.Certificate) error {
	if !bytes.Equal(c.RawIssuer, root.RawSubject) || c.CheckSignatureFrom(root) != nil {
		return errors.New("the federation's root did not issue it itself")
	}
	if !onlyUsage(c) {
		return errors.New("it is not a sealing certificate: the extended key usage for sealing is missing, or is not the only one")
	}
	if !criticalUsage(c) {
		return errors.New("its extended key usage is not critical, so other programs may accept it as a participant's certificate")
	}
	if c.IsCA || !c.BasicConstraintsValid {
		return errors.New("it is not marked as CA:FALSE")
	}
	if c.KeyUsage != x509.KeyUsageDigitalSignature {
		return errors.New("its key usage is not digitalSignature only")
	}
	if len(c.UnhandledCriticalExtensions) > 0 {
		return errors.New("it has an unknown critical extension")
	}
	if c.Subject.CommonName == "" {
		return errors.New("its subject has no CN with the name of the sealer")
	}
	_, err := certificateKey(c)
	return err
}

func certificateKey(c *x509.Certificate) (*ecdsa.PublicKey, error) {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok || !pki.OnP256(key) {
		return nil, errors.New("its key is not an ECDSA key on P-256")
	}
	return key, nil
}

// VerifyWith is Verify with the key of a certificate.
func (e *Envelope) VerifyWith(c *x509.Certificate) (*Statement, error) {
	key, err := certificateKey(c)
	if err != nil {
		return nil, err
	}
	return e.Verify(key)
}

func onlyUsage(c *x509.Certificate) bool {
	return len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 1 && c.UnknownExtKeyUsage[0].Equal(Usage())
}

// criticalUsage reads the extension itself, since x509 does not keep whether it is
// critical.
func criticalUsage(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(extendedKeyUsage()) {
			return e.Critical
		}
	}
	return false
}

// NewCertificate issues a sealing certificate in PEM.
func NewCertificate(name string, key *ecdsa.PublicKey, root *pki.Issuer, notBefore, notAfter time.Time) ([]byte, error) {
	usages, err := asn1.Marshal([]asn1.ObjectIdentifier{Usage()})
	if err != nil {
		return nil, err
	}
	c, err := root.Issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: notBefore, NotAfter: notAfter,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		// ExtKeyUsage would write the extension as not critical.
		ExtraExtensions: []pkix.Extension{{Id: extendedKeyUsage(), Critical: true, Value: usages}},
	}, key)
	if err != nil {
		return nil, err
	}
	return pki.EncodeCertificate(c), CheckCertificate(c, root.Certificate)
}
