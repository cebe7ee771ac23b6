package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// The limits of what Scan reads.
const (
	maxBlocks   = 400
	maxScanKeys = 20
	maxScanKey  = 5 << 10
)

// Found is what Scan found.
type Found struct {
	Certificates []*x509.Certificate
	// Keys are the private keys that could be read. Key says that there is any, also one
	// that is encrypted or cannot be read.
	Keys []crypto.Signer
	Key  bool
	// TooMany says that there is more than Scan reads.
	TooMany bool
}

// Scan finds certificates and private keys in PEM within any data. In contrast to the
// other functions it skips what it does not understand, since nothing is accepted because
// of its result.
func Scan(data []byte) Found {
	var f Found
	if bytes.Count(data, begin) > maxBlocks {
		f.TooMany = true
		return f
	}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return f
		}
		f.add(block)
	}
}

func (f *Found) add(block *pem.Block) {
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		f.Key = true
		if len(f.Keys) >= maxScanKeys || len(block.Bytes) > maxScanKey {
			f.TooMany = true
			return
		}
		if key, err := parseKeyBlock(block); err == nil {
			if signer, ok := key.(crypto.Signer); ok {
				f.Keys = append(f.Keys, signer)
			}
		}
	case block.Type == typeCertificate:
		if c, err := parseDER(block.Bytes); err == nil {
			f.Certificates = append(f.Certificates, c)
		}
	}
}

// IssuedBy says whether a root has issued the certificate, directly or through one of the
// others. It does not count the root itself. Dates and usages do not matter: a certificate
// that has expired is still someone's.
func IssuedBy(c *x509.Certificate, others []*x509.Certificate, root *x509.Certificate) bool {
	issuer, direct := string(c.RawIssuer), string(root.RawSubject)
	if c.Equal(root) {
		return false
	}
	if issuer == direct && c.CheckSignatureFrom(root) == nil {
		return true
	}
	for _, between := range others {
		if string(between.RawSubject) == issuer && !between.Equal(c) && between.IsCA &&
			string(between.RawIssuer) == direct && between.CheckSignatureFrom(root) == nil && c.CheckSignatureFrom(between) == nil {
			return true
		}
	}
	return false
}
