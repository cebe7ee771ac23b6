// Package pki parses, fingerprints, issues and verifies X.509 certificates and keys in
// PEM. No other package does. It does not depend on Kubernetes.
//
// Its input is untrusted, so all sizes are limited; for example, the time for RSA grows
// with the cube of the key's size. Errors of parsers are phrases that follow the name of
// a file ("is not PEM with one CERTIFICATE"). Errors about private keys are constants,
// since errors of Go's parsers might quote the key.
package pki

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
)

// The types of PEM blocks.
const (
	typeCertificate = "CERTIFICATE"
	typePublicKey   = "PUBLIC KEY"
	typePKCS8       = "PRIVATE KEY"
)

// The limits of the input, in bytes of PEM and in bits of RSA keys.
const (
	MaxCertificates = 64 << 10
	MaxKey          = 16 << 10
	MaxRSABits      = 8192
)

var begin = []byte("-----BEGIN")

// blocks returns all blocks. It rejects data with a block that Go skips, since another
// parser might not.
func blocks(data []byte) ([]*pem.Block, error) {
	var all []*pem.Block
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		all = append(all, block)
	}
	if len(all) == 0 || bytes.Count(data, begin) != len(all) {
		return nil, errors.New("is not valid PEM")
	}
	return all, nil
}

// oneBlock rejects a second block, even one that Go skips.
func oneBlock(data []byte, kind string, most int) (*pem.Block, error) {
	if len(data) > most {
		return nil, fmt.Errorf("is larger than %d KiB, which is too large for one %s", most>>10, kind)
	}
	all, err := blocks(data)
	if err != nil || len(all) != 1 || all[0].Type != kind {
		return nil, fmt.Errorf("is not PEM with one %s", kind)
	}
	return all[0], nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
