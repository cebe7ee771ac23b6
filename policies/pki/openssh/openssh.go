// Package openssh reads and writes keys in the forms of OpenSSH: private keys as
// ssh-keygen writes them (PROTOCOL.key of OpenSSH), and public keys as in
// authorized_keys. Like package pki, it limits its input, and its errors are phrases
// that follow the name of a file and never quote a private key.
package openssh

import (
	"bytes"
	"crypto"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"
)

// maxKey is the greatest size of a file with a key, in bytes.
const maxKey = 16 << 10

// typePrivateKey is the type of the PEM block.
const typePrivateKey = "OPENSSH PRIVATE KEY"

var (
	errNoKey     = errors.New("is not a file with one private key in OpenSSH's form; make one with `ssh-keygen -t ecdsa -b 384`")
	errEncrypted = errors.New("contains a private key with a passphrase, which is not supported; remove the passphrase with `ssh-keygen -p`")
	errReadKey   = errors.New("contains a private key that cannot be parsed")
	errPublicKey = errors.New("is not one public key in OpenSSH's form, such as \"ecdsa-sha2-nistp384 KEY\"")
)

// ParsePrivateKey reads one private key without a passphrase. It rejects any other PEM
// block in the file, since another parser might use it.
func ParsePrivateKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data[:min(len(data), maxKey)])
	if len(data) > maxKey || block == nil || block.Type != typePrivateKey || bytes.Count(data, []byte("-----BEGIN")) != 1 {
		return nil, errNoKey
	}
	key, err := ssh.ParseRawPrivateKey(data)
	if _, encrypted := errors.AsType[*ssh.PassphraseMissingError](err); encrypted {
		return nil, errEncrypted
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errReadKey
	}
	return signer, nil
}

// EncodePrivateKey writes a private key as ParsePrivateKey reads it.
func EncodePrivateKey(key crypto.Signer) ([]byte, error) {
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		return nil, errors.New("OpenSSH does not support this kind of private key")
	}
	return pem.EncodeToMemory(block), nil
}

// ParsePublicKey reads one public key, which may have a comment, but no options.
func ParsePublicKey(data []byte) (crypto.PublicKey, error) {
	if len(data) > maxKey {
		return nil, errPublicKey
	}
	line := strings.TrimSpace(string(data))
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 || len(rest) > 0 || strings.ContainsAny(line, "\n\r") {
		return nil, errPublicKey
	}
	known, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return nil, errPublicKey
	}
	return known.CryptoPublicKey(), nil
}

// EncodePublicKey writes a public key in one line without a comment and without a line
// break.
func EncodePublicKey(key crypto.PublicKey) (string, error) {
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		return "", errors.New("OpenSSH does not support this kind of public key")
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))), nil
}
