package acceptance

import (
	"crypto/x509"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// listed checks that the participant may run at the site.
func (e *evaluation) listed() kit.Findings {
	if e.site == nil {
		return nil
	}
	file := e.kit.Paths.Certificate
	if file == "" {
		file = e.kit.Paths.Configuration
	}
	if !slices.Contains(e.site.participants, e.kit.Participant) {
		return kit.Findings{kit.Fail(CheckListed, file, "use the kit of one of them, or add the participant to the policy",
			"%s is not in spec.participants of the policy (%s)", kit.Quote(e.kit.Participant), strings.Join(e.site.participants, ", "))}
	}
	return kit.Findings{kit.Pass(CheckListed, file, "%s is in spec.participants of the policy", kit.Quote(e.kit.Participant))}
}

// claim checks that a kit on a volume is on one that the policy has for kits.
func (e *evaluation) claim() kit.Findings {
	v := e.kit.Volume
	switch {
	case e.site == nil || v == nil:
		return nil
	case !slices.Contains(e.site.claims, v.ClaimName):
		return kit.Findings{kit.Fail(CheckClaim, kit.VolumeFile, "add the claim to the policy, or inject the kit without --kit-claim",
			"claim %s is not in spec.kits.claims of the policy", kit.Quote(v.ClaimName))}
	}
	return kit.Findings{kit.Pass(CheckClaim, kit.VolumeFile, "claim %s is in spec.kits.claims of the policy", kit.Quote(v.ClaimName))}
}

// serial rejects kits that a rotation has replaced.
func (e *evaluation) serial() kit.Findings {
	least, asked := e.site.minimumSerial[e.kit.Participant]
	name := kit.Quote(e.kit.Participant)
	s := e.seal.statement
	switch {
	case !asked:
		return kit.Findings{kit.Pass(CheckSerial, kit.SealFile, "the policy sets no kits.minimumSerial for %s", name)}
	case s == nil:
		return kit.Findings{kit.Fail(CheckSerial, kit.SealFile, askForSeal, "without a valid seal, the kit has no serial, but kits.minimumSerial of the policy for %s is %d", name, least)}
	case s.Serial < least:
		return kit.Findings{kit.Fail(CheckSerial, kit.SealFile, "use the newer kit that replaced this one",
			"the serial is %d, but kits.minimumSerial of the policy for %s is %d", s.Serial, name, least)}
	}
	return kit.Findings{kit.Pass(CheckSerial, kit.SealFile, "the serial is %d, and the policy requires at least %d", s.Serial, least)}
}

// revoked also looks for the key, since a framework may have no certificates.
func (e *evaluation) revoked() kit.Findings {
	certificates := e.kit.Certificates()
	if c := e.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	field, what, id := e.site.revokes(certificates, e.seal, e.kit.Digest(), "the kit")
	if field == "" && e.site.keys[e.kit.KeyFingerprint] {
		field, what, id = "keys", "the key of "+kit.Quote(e.kit.Participant), e.kit.KeyFingerprint
	}
	if field != "" {
		return kit.Findings{kit.Fail(CheckRevoked, kit.StartupDir, askForKit, "%s is revoked: kits.revoked.%s of the policy lists %s", what, field, id)}
	}
	return kit.Findings{kit.Pass(CheckRevoked, kit.StartupDir, "neither the kit nor its certificates nor its keys are revoked")}
}

// revokes finds a revoked certificate, key or digest: in which field of the policy, what
// it is, and its ID there. It looks for certificates and keys first, since what has
// another digest can contain the same key. Keys are also those of roots and sealers.
func (s *site) revokes(certificates []*x509.Certificate, opened openedSeal, digest, whole string) (field, what, id string) {
	for _, c := range certificates {
		if serial := pki.Serial(c); s.serials[serial] {
			return "certificateSerials", "the certificate of " + kit.Quote(c.Subject.CommonName), serial
		}
	}
	for _, c := range certificates {
		if fingerprint := pki.KeyFingerprint(c.PublicKey); s.keys[fingerprint] {
			return "keys", "the key of " + kit.Quote(c.Subject.CommonName), fingerprint
		}
	}
	if opened.key != nil {
		if fingerprint := pki.KeyFingerprint(opened.key); s.keys[fingerprint] {
			return "keys", "the key of " + opened.by, fingerprint
		}
	}
	if s.kits[digest] {
		return "kits", whole, digest
	}
	return "", "", ""
}
