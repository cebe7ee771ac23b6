package acceptance

import (
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// openSeal reads the seal and finds out who made it. Which way is taken hangs on
// the seal's certificate alone, so that nothing is read before its signature was
// checked.
func (j *judgement) openSeal() {
	switch {
	case j.kit.Seal == nil:
		j.seal = openedSeal{finding: j.unsealed()}
	case len(j.kit.Seal.Certificate) > 0:
		j.seal = j.projectSeal()
	default:
		j.seal = j.siteSeal()
	}
}

// sealFinding says who sealed the kit. Without a policy that asks for a seal it
// has nothing to say of a kit that has none.
func (j *judgement) sealFinding() kit.Findings {
	if j.kit.Seal == nil && j.site == nil {
		return nil
	}
	return kit.Findings{j.seal.finding}
}

// unsealed asks for the framework's own signature where the site takes that instead.
func (j *judgement) unsealed() kit.Finding {
	signer := j.framework.NativeSigner
	switch {
	case j.site == nil:
		return kit.Finding{}
	case !j.site.native:
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "no seal, and the policy asks for one")
	case signer == nil:
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "no seal, and %s does not sign kits itself", j.framework.Title())
	}
	if err := signer.NativeSignature(j.kit); err != nil {
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "neither a seal nor a valid signature of %s's own: %v", j.framework.Title(), err)
	}
	return kit.Warn(CheckSeal, kit.SealFile, askForSeal,
		"no seal, only %s's own signature: it says nothing of the role, and neither an older kit nor a missing file is noticed", j.framework.Title())
}

func badSeal(file, fix, format string, args ...any) openedSeal {
	return openedSeal{finding: kit.Fail(CheckSeal, file, fix, format, args...)}
}

// projectSeal believes whom the kit's root certified for sealing. Whether that
// root is a pinned one is for pin.
func (j *judgement) projectSeal() openedSeal {
	k := j.kit
	if k.Root == nil {
		return badSeal(kit.SealCertificateFile, askForSeal, "a kit of %s has no root certificate that could let a project seal it", j.framework.Title())
	}
	c, err := pki.ParseCertificate(k.Seal.Certificate)
	if err != nil {
		return badSeal(kit.SealCertificateFile, sealAgain, "the sealing certificate is unusable: it %v", err)
	}
	if err := seal.CheckCertificate(c, k.Root); err != nil {
		return badSeal(kit.SealCertificateFile, askForSeal, "the certificate of %s must not seal: %v", kit.Quote(c.Subject.CommonName), err)
	}
	envelope, err := seal.ParseEnvelope(k.Seal.Envelope)
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is unusable: %v", err)
	}
	statement, err := envelope.VerifyWith(c)
	switch {
	case errors.Is(err, seal.ErrSignature):
		return badSeal(kit.SealFile, askForSeal, "the signature is invalid: the key of %s did not make it, or the seal was changed", kit.SealCertificateFile)
	case err != nil:
		return badSeal(kit.SealFile, sealAgain, "the seal is unusable: %v", err)
	case statement.SealedBy != seal.ByProject:
		return badSeal(kit.SealFile, sealAgain, "a seal of the site with a certificate of the project")
	case outside(statement.NotBefore, c):
		return badSeal(kit.SealCertificateFile, sealAgain, "the sealing certificate was not valid when the kit was sealed, on %s", stamp(statement.NotBefore))
	}
	by := "the project's sealer " + kit.Quote(c.Subject.CommonName)
	return opened(openedSeal{statement: statement, by: by, key: c.PublicKey, certificate: c})
}

// siteSeal believes the keys that the site names. Without them it can only tell
// what the seal says of itself.
func (j *judgement) siteSeal() openedSeal {
	envelope, err := seal.ParseEnvelope(j.kit.Seal.Envelope)
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is unusable: %v", err)
	}
	if j.site == nil {
		return unknownSite(envelope)
	}
	for _, s := range j.site.sealers {
		statement, err := envelope.Verify(s.key)
		switch {
		case errors.Is(err, seal.ErrSignature):
			continue
		case err != nil:
			return badSeal(kit.SealFile, sealAgain, "the seal cannot be checked: %v", err)
		case statement.SealedBy != seal.BySite:
			return badSeal(kit.SealFile, sealAgain, "a seal of the project without its certificate: a key of the site signed it")
		}
		return opened(openedSeal{statement: statement, by: "the site's sealer " + kit.Quote(s.name), key: s.key})
	}
	return badSeal(kit.SealFile, askForSeal, "the signer is not allowed, or the signature is invalid: %s has no %s beside it, and none of the site's sealers made it (%s)",
		kit.SealFile, kit.SealCertificateFile, j.site.sealerNames())
}

// unknownSite still lets the content be compared: a kit that differs from its
// seal is broken whoever made it.
func unknownSite(envelope *seal.Envelope) openedSeal {
	statement, err := envelope.Unverified()
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is unusable: %v", err)
	}
	return openedSeal{statement: statement, finding: kit.Warn(CheckSeal, kit.SealFile, "verify with the site's policy: --policy=sitepolicy.yaml",
		"the seal's signature was not checked, so anybody may have made it: a site's key is known to its SitePolicy alone")}
}

func opened(o openedSeal) openedSeal {
	o.finding = kit.Pass(CheckSeal, kit.SealFile, "sealed by %s, serial %d", o.by, o.statement.Serial)
	return o
}

// vouched reports whether a seal that there is reason to trust names the file. What
// the file holds is for sealFiles.
func (j *judgement) vouched(file string) bool {
	if j.seal.finding.Status != kit.StatusPass || (j.site == nil && j.Rules.root == "") {
		return false
	}
	_, named := j.seal.statement.Files[file]
	return named
}
