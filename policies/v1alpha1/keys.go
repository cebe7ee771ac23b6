package v1alpha1

import "github.com/kubectl-flare/kubectl-flare/policies/pki"

// HasSealer says whether one of the sealers has the key with that fingerprint, as
// pki.KeyFingerprint gives it.
func HasSealer(sealers []Sealer, fingerprint string) bool {
	for i := range sealers {
		if key, err := pki.ParseP256PublicKey([]byte(sealers[i].PublicKey)); err == nil && pki.KeyFingerprint(key) == fingerprint {
			return true
		}
	}
	return false
}
