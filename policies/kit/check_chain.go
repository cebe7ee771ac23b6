package kit

import (
	"crypto/x509"
	"time"
)

// checkChain looks whether the root vouches for the participant's certificate,
// whatever day it is: checkDates looks at that.
func checkChain(k *Kit, _ VerifyOptions) []Finding {
	if k.Certificate.IsCA {
		return []Finding{fail(CheckChain, k.paths.certificate, askForKit, "the participant's certificate is a certificate authority's")}
	}
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(k.Root)
	for _, c := range k.Intermediates {
		intermediates.AddCert(c)
	}
	_, err := k.Certificate.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: latestStart(k),
		// NVFLARE's certificates name no usages.
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return []Finding{fail(CheckChain, k.paths.certificate, askForKit, "the kit's root does not vouch for the certificate: %v", err)}
	}
	return []Finding{pass(CheckChain, k.paths.certificate, "the kit's root vouches for the certificate")}
}

// latestStart is the first moment when all certificates of the kit can be good.
func latestStart(k *Kit) time.Time {
	start := k.Root.NotBefore
	for _, c := range append([]*x509.Certificate{k.Certificate}, k.Intermediates...) {
		if c.NotBefore.After(start) {
			start = c.NotBefore
		}
	}
	return start
}
