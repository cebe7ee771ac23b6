package pki

import (
	"crypto/x509"
	"errors"
	"time"
)

// CheckRoot says why a certificate is not a root certificate. x509 does not: it accepts
// any trusted certificate as a root.
func CheckRoot(c *x509.Certificate) error {
	if !c.BasicConstraintsValid || !c.IsCA {
		return errors.New("it is not marked as a certificate authority")
	}
	if string(c.RawSubject) != string(c.RawIssuer) {
		return errors.New("it was issued by another authority")
	}
	// CheckSignatureFrom also requires that its key usage, if any, allows signing.
	return c.CheckSignatureFrom(c)
}

// VerifyChain says why a root does not vouch for a certificate that is not an
// authority's. It checks neither usages nor dates; the caller checks the dates.
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

// latestStart is the first moment at which all certificates can be valid.
func latestStart(leaf *x509.Certificate, intermediates []*x509.Certificate, root *x509.Certificate) time.Time {
	start := root.NotBefore
	for _, c := range append([]*x509.Certificate{leaf}, intermediates...) {
		if c.NotBefore.After(start) {
			start = c.NotBefore
		}
	}
	return start
}
