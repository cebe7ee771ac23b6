package kit

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Trust is what a site believes about kits: the spec.kits of its SitePolicy. An
// entry that cannot be read makes every kit fail: an unreadable revocation
// revokes nothing.
type Trust struct {
	// Roots are the pinned root certificates, by fingerprint, as ParseFingerprint
	// reads them.
	Roots []string
	// Participants are the true names of those who may run at the site; nil leaves
	// that open.
	Participants []string
	// Sealers are the site's own keys for acceptance seals.
	Sealers []Sealer
	// AllowNative takes a kit without a seal that the root has signed in NVFLARE's
	// own way.
	AllowNative bool
	// MinimumSerial is, by participant's true name, the lowest serial of a seal
	// that is still taken.
	MinimumSerial map[string]int64
	Revoked       Revoked
}

// Sealer is a key of the site.
type Sealer struct {
	// Name is for messages.
	Name string
	// PublicKey is an ECDSA P-256 key in PEM.
	PublicKey string
}

// Revoked is what was compromised.
type Revoked struct {
	// CertificateSerials are serial numbers of participants', intermediate and
	// sealing certificates in hexadecimal digits, as openssl prints them.
	CertificateSerials []string
	// Keys are fingerprints of public keys, as seal.KeyFingerprint gives them.
	Keys []string
	// Kits are kit digests.
	Kits []string
}

// has compares fingerprints whatever form they have.
func has(list []string, fingerprint string) (bool, error) {
	found := false
	for _, entry := range list {
		parsed, err := pki.ParseFingerprint(entry)
		if err != nil {
			return false, err
		}
		found = found || parsed == fingerprint
	}
	return found, nil
}

// hasSerial compares serial numbers whatever form they have.
func hasSerial(list []string, serial string) (bool, error) {
	found := false
	for _, entry := range list {
		digits, err := pki.ParseSerial(entry)
		if err != nil {
			return false, err
		}
		found = found || digits == serial
	}
	return found, nil
}

// sealerOf finds the key that signed the envelope.
func (t *Trust) sealerOf(envelope *seal.Envelope) (string, *ecdsa.PublicKey, *seal.Statement, error) {
	for _, s := range t.Sealers {
		key, err := pki.ParseP256PublicKey([]byte(s.PublicKey))
		if err != nil {
			return "", nil, nil, fmt.Errorf("the key of the sealer %s cannot be used: %w", shown(s.Name), err)
		}
		statement, err := envelope.Verify(key)
		if errors.Is(err, seal.ErrSignature) {
			continue
		}
		return s.Name, key, statement, err
	}
	return "", nil, nil, errNoSealer
}

// names are the sealers' names, for messages.
func (t *Trust) names() string {
	var names []string
	for _, s := range t.Sealers {
		names = append(names, shown(s.Name))
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
