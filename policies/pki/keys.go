package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

var (
	errCurve     = errors.New("is not an ECDSA key on P-256; make one with `kubectl flare kit sealer new`")
	errEncrypted = errors.New("contains an encrypted private key, which is not supported; make an unencrypted copy with `openssl pkey -in KEY -out COPY`, or use another key")
	errNoKey     = errors.New("is not a PEM file with one unencrypted private key")
	errReadKey   = errors.New("contains a private key that cannot be parsed")
	errKeySize   = errors.New("is too large for a private key")
)

// ParseKey reads an unencrypted private key in PKCS#1, PKCS#8 or SEC 1 form, of at
// most MaxKey bytes.
func ParseKey(data []byte) (crypto.Signer, error) {
	if len(data) > MaxKey {
		return nil, errKeySize
	}
	all, err := blocks(data)
	if err != nil || len(all) != 1 {
		return nil, errNoKey
	}
	key, err := parseKeyBlock(all[0])
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errReadKey
	}
	return signer, nil
}

func parseKeyBlock(block *pem.Block) (key any, err error) {
	switch {
	case encrypted(block):
		return nil, errEncrypted
	case block.Type == typePKCS8:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, errNoKey
	}
	if err != nil {
		return nil, errReadKey
	}
	return key, nil
}

func encrypted(block *pem.Block) bool {
	return strings.Contains(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
}

// ParseP256Key is ParseKey for ECDSA keys on P-256. Only such keys seal kits: for RSA,
// the usual tools that verify signatures use different paddings.
func ParseP256Key(data []byte) (*ecdsa.PrivateKey, error) {
	signer, err := ParseKey(data)
	if err != nil {
		return nil, err
	}
	key, ok := signer.(*ecdsa.PrivateKey)
	if !ok || !OnP256(&key.PublicKey) {
		return nil, errCurve
	}
	return key, nil
}

// EncodeKey writes a private key in PKCS#8 form.
func EncodeKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errors.New("PKCS#8 does not support this kind of private key")
	}
	return encode(typePKCS8, der), nil
}

// ParsePublicKey reads a public key in PEM of the type PUBLIC KEY (PKIX), of at most
// MaxKey bytes.
func ParsePublicKey(data []byte) (crypto.PublicKey, error) {
	block, err := oneBlock(data, typePublicKey, MaxKey)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("contains a public key that cannot be parsed")
	}
	return key, nil
}

// ParseP256PublicKey is ParsePublicKey for ECDSA keys on P-256.
func ParseP256PublicKey(data []byte) (*ecdsa.PublicKey, error) {
	parsed, err := ParsePublicKey(data)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || !OnP256(key) {
		return nil, errCurve
	}
	return key, nil
}

// EncodePublicKey writes a public key as ParsePublicKey reads it.
func EncodePublicKey(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, errors.New("X.509 does not support this kind of public key")
	}
	return encode(typePublicKey, der), nil
}

// OnP256 says whether a key is on the curve that seals use.
func OnP256(key *ecdsa.PublicKey) bool { return key.Curve == elliptic.P256() }

// Equal says whether two public keys are the same.
func Equal(one, other crypto.PublicKey) bool {
	key, ok := one.(interface {
		Equal(other crypto.PublicKey) bool
	})
	return ok && key.Equal(other)
}
