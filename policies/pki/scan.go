package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
)

// The limits of what a Scanner reads in all: the author of the data chooses how much there
// is of it, and in how many pieces.
const (
	maxBlocks   = 400
	maxScanKeys = 20
	maxScanKey  = 5 << 10
)

// Scanner finds certificates and private keys in PEM within any pieces of data. In contrast
// to the other functions it skips what it does not understand, since nothing is accepted
// because of its result.
type Scanner struct{ blocks, keys int }

// Found is what a Scanner found in one piece.
type Found struct {
	Certificates []*x509.Certificate
	// Keys are the private keys that could be read. Key says that there is any, also one
	// that is encrypted or cannot be read.
	Keys []crypto.Signer
	Key  bool
	// TooMany says that there is more than a Scanner reads.
	TooMany bool
}

// Scan reads one piece.
func (s *Scanner) Scan(data []byte) Found {
	var f Found
	if s.blocks += bytes.Count(data, begin); s.blocks > maxBlocks {
		f.TooMany = true
		return f
	}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return f
		}
		s.add(&f, block)
	}
}

func (s *Scanner) add(f *Found, block *pem.Block) {
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		f.Key = true
		if encrypted(block) {
			return
		}
		if s.keys++; s.keys > maxScanKeys || len(block.Bytes) > maxScanKey {
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

// Intermediates are the authorities among certificates that a root has certified directly,
// each once. No one else can make one, so there are as many as the root's owner made.
func Intermediates(all []*x509.Certificate, root *x509.Certificate) []*x509.Certificate {
	var found []*x509.Certificate
	for _, c := range all {
		if c.IsCA && issued(c, root) && !slices.ContainsFunc(found, c.Equal) {
			found = append(found, c)
		}
	}
	return found
}

// IssuedBy says whether a root has issued the certificate, directly or through one of its
// intermediates. It does not count the root itself. Dates and usages do not matter: a
// certificate that has expired is still someone's.
func IssuedBy(c, root *x509.Certificate, intermediates []*x509.Certificate) bool {
	return issued(c, root) || slices.ContainsFunc(intermediates, func(between *x509.Certificate) bool { return issued(c, between) })
}

// issued compares names before it verifies a signature, which takes a thousand times as long.
func issued(c, by *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, by.RawSubject) && !c.Equal(by) && c.CheckSignatureFrom(by) == nil
}
