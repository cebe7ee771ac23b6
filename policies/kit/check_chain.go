package kit

import (
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// checkChain looks whether the root vouches for the participant's certificate,
// whatever day it is: checkDates looks at that.
func checkChain(k *Kit, _ VerifyOptions) []Finding {
	if k.Certificate.IsCA {
		return []Finding{fail(CheckChain, k.paths.certificate, askForKit, "the participant's certificate is a certificate authority's")}
	}
	err := pki.VerifyChain(k.Certificate, k.Intermediates, k.Root)
	if err != nil {
		return []Finding{fail(CheckChain, k.paths.certificate, askForKit, "the kit's root does not vouch for the certificate: %v", err)}
	}
	return []Finding{pass(CheckChain, k.paths.certificate, "the kit's root vouches for the certificate")}
}
