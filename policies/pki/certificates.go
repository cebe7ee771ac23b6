package pki

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// ParseCertificates reads one or more certificates, of at most MaxCertificates bytes in
// total. It rejects every block that is not a certificate, since another parser might
// use it.
func ParseCertificates(data []byte) ([]*x509.Certificate, error) {
	if len(data) > MaxCertificates {
		return nil, fmt.Errorf("is larger than %d KiB, too large for certificates", MaxCertificates>>10)
	}
	all, err := blocks(data)
	if err != nil {
		return nil, err
	}
	certificates := make([]*x509.Certificate, 0, len(all))
	for _, block := range all {
		if block.Type != typeCertificate {
			return nil, fmt.Errorf("contains a PEM block %.60q, but may contain only CERTIFICATE", block.Type)
		}
		certificate, err := parseDER(block.Bytes)
		if err != nil {
			return nil, err
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

// ParseCertificate reads PEM that contains exactly one certificate and no other block,
// of at most MaxKey bytes.
func ParseCertificate(data []byte) (*x509.Certificate, error) {
	block, err := oneBlock(data, typeCertificate, MaxKey)
	if err != nil {
		return nil, err
	}
	return parseDER(block.Bytes)
}

func parseDER(der []byte) (*x509.Certificate, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("contains a certificate that cannot be parsed: %w", err)
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > MaxRSABits {
		return nil, fmt.Errorf("contains an RSA key of %d bits, but at most %d are allowed", key.N.BitLen(), MaxRSABits)
	}
	return certificate, nil
}

// EncodeCertificate writes a certificate in PEM.
func EncodeCertificate(c *x509.Certificate) []byte { return encode(typeCertificate, c.Raw) }
