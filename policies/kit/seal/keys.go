package seal

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
)

const (
	// curve is the one that seals use.
	curve = "P-256"
	// maxPEM bounds keys and certificates.
	maxPEM = 16 << 10
)

var (
	errWrongKey  = errors.New("the key is not an ECDSA key on P-256; make one with `kubectl flare kit sealer new`")
	errEncrypted = errors.New("the private key is encrypted, which is not supported; give an unencrypted copy, as `openssl pkey -in KEY -out COPY` makes it, or another key")
	errNoKey     = errors.New("this is not a PEM file with one unencrypted private key")
)

// ParseKey reads a sealing key: ECDSA on P-256 in PKCS#8 or SEC 1 form. Its
// errors are fixed sentences, since those of the parsers might quote the key.
func ParseKey(data []byte) (*ecdsa.PrivateKey, error) {
	signer, err := ParseSigner(data)
	if err != nil {
		return nil, err
	}
	key, ok := signer.(*ecdsa.PrivateKey)
	if !ok || key.Curve.Params().Name != curve {
		return nil, errWrongKey
	}
	return key, nil
}

// ParseSigner reads any private key, such as a federation's root key, which
// NVFLARE writes in PKCS#1 form.
func ParseSigner(data []byte) (crypto.Signer, error) {
	block, err := onlyBlock(data)
	if err != nil {
		return nil, errNoKey
	}
	var key any
	switch {
	case strings.Contains(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return nil, errEncrypted
	case block.Type == "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errNoKey
	}
	return signer, nil
}

// EncodeKey writes a sealing key as ParseKey reads it, in PKCS#8 form.
func EncodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errWrongKey
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParsePublicKey reads a sealer's public key as a SitePolicy has it: PEM of the
// type PUBLIC KEY (PKIX).
func ParsePublicKey(data []byte) (*ecdsa.PublicKey, error) {
	block, err := onlyBlock(data)
	if err != nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("this is not PEM with one PUBLIC KEY")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the public key cannot be read")
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve.Params().Name != curve {
		return nil, errWrongKey
	}
	return key, nil
}

// EncodePublicKey writes a public key as ParsePublicKey reads it.
func EncodePublicKey(key *ecdsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, errWrongKey
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// KeyFingerprint is SHA-256 over the public key's SubjectPublicKeyInfo, as 64
// lower-case digits; empty for a key that X.509 does not know. It stays the same
// when a certificate is renewed around the key.
func KeyFingerprint(key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// onlyBlock refuses a second block, hidden ones that Go skips included.
func onlyBlock(data []byte) (*pem.Block, error) {
	if len(data) > maxPEM {
		return nil, errors.New("it is too large")
	}
	block, rest := pem.Decode(data)
	if block == nil || bytes.Contains(rest, []byte("-----BEGIN")) || bytes.Count(data, []byte("-----BEGIN")) != 1 {
		return nil, errors.New("it is not PEM with one block")
	}
	return block, nil
}
