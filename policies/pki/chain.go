package pki

import (
	"crypto/x509"
	"errors"
	"time"
)

// CheckRoot says why a certificate is not a root's: x509 takes whatever is trusted
// for one.
func CheckRoot(c *x509.Certificate) error {
	if !c.BasicConstraintsValid || !c.IsCA {
		return errors.New("it is not marked as a certificate authority")
	}
	if string(c.RawSubject) != string(c.RawIssuer) {
		return errors.New("it was issued by somebody else")
	}
	// CheckSignatureFrom also asks that its key usage, if any, allows to sign.
	return c.CheckSignatureFrom(c)
}

// VerifyChain says why a root does not vouch for a certificate that is no
// authority's, whatever day it is: dates are for the caller. Usages are not asked
// for.
func VerifyChain(leaf *x509.Certificate, intermediates []*x509.Certificate, root *x509.Certificate) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, c := range intermediates {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: latestStart(leaf, intermediates, root),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err
}

// latestStart is the first moment when all certificates can be valid.
func latestStart(leaf *x509.Certificate, intermediates []*x509.Certificate, root *x509.Certificate) time.Time {
	start := root.NotBefore
	for _, c := range append([]*x509.Certificate{leaf}, intermediates...) {
		if c.NotBefore.After(start) {
			start = c.NotBefore
		}
	}
	return start
}
