package acceptance

import (
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

// revoked looks for certificates and keys first, since a kit with another digest can
// contain the same key.
func (e *evaluation) revoked() kit.Findings {
	if f := e.revokedCertificate(); f != nil {
		return f
	}
	if f := e.revokedKey(); f != nil {
		return f
	}
	if digest := e.kit.Digest(); e.site.kits[digest] {
		return revokedFinding("kits", "the kit", digest)
	}
	return kit.Findings{kit.Pass(CheckRevoked, kit.StartupDir, "neither the kit nor its certificates nor its keys are revoked")}
}

func (e *evaluation) revokedCertificate() kit.Findings {
	certificates := e.kit.Certificates()
	if c := e.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	for _, c := range certificates {
		if serial := pki.Serial(c); e.site.serials[serial] {
			return revokedFinding("certificateSerials", "the certificate of "+kit.Quote(c.Subject.CommonName), serial)
		}
	}
	return nil
}

// revokedKey also checks the keys of roots and sealers.
func (e *evaluation) revokedKey() kit.Findings {
	if e.site.keys[e.kit.KeyFingerprint] {
		return revokedFinding("keys", "the key of "+kit.Quote(e.kit.Participant), e.kit.KeyFingerprint)
	}
	certificates := e.kit.Certificates()
	if c := e.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	for _, c := range certificates {
		if fingerprint := pki.KeyFingerprint(c.PublicKey); e.site.keys[fingerprint] {
			return revokedFinding("keys", "the key of "+kit.Quote(c.Subject.CommonName), fingerprint)
		}
	}
	if e.seal.key == nil {
		return nil
	}
	if fingerprint := pki.KeyFingerprint(e.seal.key); e.site.keys[fingerprint] {
		return revokedFinding("keys", "the key of "+e.seal.by, fingerprint)
	}
	return nil
}

func revokedFinding(field, what, id string) kit.Findings {
	return kit.Findings{kit.Fail(CheckRevoked, kit.StartupDir, askForKit, "%s is revoked: kits.revoked.%s of the policy lists %s", what, field, id)}
}
