package acceptance

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// listed looks whether the participant may run at the site at all.
func (j *judgement) listed() kit.Findings {
	if j.site == nil {
		return nil
	}
	file := j.kit.Paths.Certificate
	if file == "" {
		file = j.kit.Paths.Configuration
	}
	if !slices.Contains(j.site.participants, j.kit.Participant) {
		return kit.Findings{kit.Fail(CheckListed, file, "use the kit of one of them, or add the name to the policy",
			"%s is not in spec.participants of the policy: %s", kit.Quote(j.kit.Participant), strings.Join(j.site.participants, ", "))}
	}
	return kit.Findings{kit.Pass(CheckListed, file, "%s is one of the policy's participants", kit.Quote(j.kit.Participant))}
}

// claim looks whether a kit lies on a volume that the policy has for kits.
func (j *judgement) claim() kit.Findings {
	v := j.kit.Volume
	switch {
	case j.site == nil || v == nil:
		return nil
	case !slices.Contains(j.site.claims, v.ClaimName):
		return kit.Findings{kit.Fail(CheckClaim, kit.VolumeFile, "let the policy name the claim, or inject the kit without --kit-claim",
			"claim %s is not in spec.kits.claims", kit.Quote(v.ClaimName))}
	}
	return kit.Findings{kit.Pass(CheckClaim, kit.VolumeFile, "claim %s is one for kits", kit.Quote(v.ClaimName))}
}

// serial refuses what a rotation has replaced.
func (j *judgement) serial() kit.Findings {
	least, asked := j.site.minimumSerial[j.kit.Participant]
	name := kit.Quote(j.kit.Participant)
	s := j.seal.statement
	switch {
	case !asked:
		return kit.Findings{kit.Pass(CheckSerial, kit.SealFile, "the policy asks for no minimum serial of %s", name)}
	case s == nil:
		return kit.Findings{kit.Fail(CheckSerial, kit.SealFile, askForSeal, "no valid seal, so no serial: the policy's kits.minimumSerial for %s is %d", name, least)}
	case s.Serial < least:
		return kit.Findings{kit.Fail(CheckSerial, kit.SealFile, "use the newest kit; a newer one has replaced this",
			"the serial is %d, and the policy's kits.minimumSerial for %s is %d", s.Serial, name, least)}
	}
	return kit.Findings{kit.Pass(CheckSerial, kit.SealFile, "the serial is %d, and the policy asks for %d at least", s.Serial, least)}
}

// revoked looks for certificates and keys first: the same key can be in a kit of
// another digest.
func (j *judgement) revoked() kit.Findings {
	if f := j.revokedCertificate(); f != nil {
		return f
	}
	if f := j.revokedKey(); f != nil {
		return f
	}
	if digest := j.kit.Digest(); j.site.kits[digest] {
		return revokedFinding("kits", "the kit", digest)
	}
	return kit.Findings{kit.Pass(CheckRevoked, kit.StartupDir, "neither the kit nor its certificates nor its keys are revoked")}
}

func (j *judgement) revokedCertificate() kit.Findings {
	certificates := j.kit.Certificates()
	if c := j.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	for _, c := range certificates {
		if serial := pki.Serial(c); j.site.serials[serial] {
			return revokedFinding("certificateSerials", "the certificate of "+kit.Quote(c.Subject.CommonName), serial)
		}
	}
	return nil
}

// revokedKey also looks at the keys of roots and sealers.
func (j *judgement) revokedKey() kit.Findings {
	if j.site.keys[j.kit.KeyFingerprint] {
		return revokedFinding("keys", "the key of "+kit.Quote(j.kit.Participant), j.kit.KeyFingerprint)
	}
	certificates := j.kit.Certificates()
	if c := j.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	for _, c := range certificates {
		if fingerprint := pki.KeyFingerprint(c.PublicKey); j.site.keys[fingerprint] {
			return revokedFinding("keys", "the key of "+kit.Quote(c.Subject.CommonName), fingerprint)
		}
	}
	if j.seal.key == nil {
		return nil
	}
	if fingerprint := pki.KeyFingerprint(j.seal.key); j.site.keys[fingerprint] {
		return revokedFinding("keys", "the key of "+j.seal.by, fingerprint)
	}
	return nil
}

func revokedFinding(field, what, id string) kit.Findings {
	return kit.Findings{kit.Fail(CheckRevoked, kit.StartupDir, askForKit, "%s is revoked: %s stands in the policy's kits.revoked.%s", what, id, field)}
}
