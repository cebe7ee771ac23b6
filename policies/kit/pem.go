package kit

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// The limits of certificates and keys: a kit comes from a stranger, and the time
// that RSA takes grows with the cube of the key's size.
const (
	maxPEM     = 64 << 10
	maxKeyPEM  = 16 << 10
	maxKeyBits = 8192
)

// parseCertificates is stricter than needed to read a kit: it refuses every
// block that it does not understand, since NVFLARE's own reader might.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	if len(data) > maxPEM {
		return nil, fmt.Errorf("is larger than %d KiB, far too large for certificates", maxPEM>>10)
	}
	blocks := pemBlocks(data)
	if len(blocks) == 0 || bytes.Count(data, []byte("-----BEGIN")) != len(blocks) {
		return nil, errors.New("is not good PEM")
	}
	certificates := make([]*x509.Certificate, 0, len(blocks))
	for _, block := range blocks {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("holds a PEM block %s where only CERTIFICATE belongs", shown(block.Type))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("holds a certificate that cannot be read: %w", err)
		}
		if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxKeyBits {
			return nil, fmt.Errorf("holds an RSA key of %d bits: at most %d are taken", key.N.BitLen(), maxKeyBits)
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

func pemBlocks(data []byte) []*pem.Block {
	var blocks []*pem.Block
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return blocks
		}
		blocks, data = append(blocks, block), rest
	}
}

// parseKey reads a private key. Its errors are fixed sentences: those of the
// parsers might quote the key.
func parseKey(file string, data []byte) (crypto.Signer, error) {
	wrong := func(problem string) (crypto.Signer, error) {
		return nil, &FieldError{File: file, Problem: problem, Fix: asProvisioned}
	}
	if len(data) > maxKeyPEM {
		return wrong("is far too large for a private key")
	}
	blocks := pemBlocks(data)
	if len(blocks) != 1 {
		return wrong("is not a PEM file with one private key")
	}
	var key any
	var err error
	switch blocks[0].Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(blocks[0].Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(blocks[0].Bytes)
	default:
		return wrong("is not an unencrypted private key in PKCS#1 or PKCS#8 form")
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return wrong("holds a private key that cannot be read")
	}
	return signer, nil
}
