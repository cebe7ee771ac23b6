package acceptance

import (
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// openSeal reads the seal and determines who made it. Only the presence of a
// certificate decides how, so that nothing is read before its signature is verified.
func (e *evaluation) openSeal() {
	switch {
	case e.kit.Seal == nil:
		e.seal = openedSeal{finding: e.unsealed()}
	case len(e.kit.Seal.Certificate) > 0:
		e.seal = e.projectSeal()
	default:
		e.seal = e.siteSeal()
	}
}

// sealFinding says who sealed the kit. If there is neither a seal nor a policy that
// may require one, there is no finding.
func (e *evaluation) sealFinding() kit.Findings {
	if e.kit.Seal == nil && e.site == nil {
		return nil
	}
	return kit.Findings{e.seal.finding}
}

// unsealed verifies the signature of the framework itself, if the site accepts it
// instead of a seal.
func (e *evaluation) unsealed() kit.Finding {
	signer := e.framework.NativeSigner
	switch {
	case e.site == nil:
		return kit.Finding{}
	case !e.site.native:
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "the kit has no seal, but the policy requires one")
	case signer == nil:
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "the kit has no seal, and %s does not sign kits itself", e.framework.Title())
	}
	if err := signer.NativeSignature(e.kit); err != nil {
		return kit.Fail(CheckSeal, kit.SealFile, askForSeal, "the kit has neither a seal nor a valid signature by %s: %v", e.framework.Title(), err)
	}
	return kit.Warn(CheckSeal, kit.SealFile, askForSeal,
		"the kit has no seal, only the signature by %s, which does not cover the role and does not reveal missing files or an outdated kit", e.framework.Title())
}

func badSeal(file, fix, format string, args ...any) openedSeal {
	return openedSeal{finding: kit.Fail(CheckSeal, file, fix, format, args...)}
}

// projectSeal accepts a sealer whom the kit's root has certified for sealing. The
// method pin checks whether that root is trusted.
func (e *evaluation) projectSeal() openedSeal {
	k := e.kit
	if k.Root == nil {
		return badSeal(kit.SealCertificateFile, askForSeal, "the project cannot seal kits of %s, since they have no root certificate", e.framework.Title())
	}
	c, err := pki.ParseCertificate(k.Seal.Certificate)
	if err != nil {
		return badSeal(kit.SealCertificateFile, sealAgain, "the sealing certificate is invalid: it %v", err)
	}
	if err := seal.CheckCertificate(c, k.Root); err != nil {
		return badSeal(kit.SealCertificateFile, askForSeal, "the certificate of %s is not valid for sealing: %v", kit.Quote(c.Subject.CommonName), err)
	}
	envelope, err := seal.ParseEnvelope(k.Seal.Envelope)
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is invalid: %v", err)
	}
	statement, err := envelope.VerifyWith(c)
	switch {
	case errors.Is(err, seal.ErrSignature):
		return badSeal(kit.SealFile, askForSeal, "the signature is invalid: it was not made with the key of %s, or the seal was changed", kit.SealCertificateFile)
	case err != nil:
		return badSeal(kit.SealFile, sealAgain, "the seal is invalid: %v", err)
	case statement.SealedBy != seal.ByProject:
		return badSeal(kit.SealFile, sealAgain, "the seal says that the site made it, but comes with a certificate of the project")
	case outside(statement.NotBefore, c):
		return badSeal(kit.SealCertificateFile, sealAgain, "the sealing certificate was not valid when the kit was sealed, on %s", stamp(statement.NotBefore))
	}
	by := "the project's sealer " + kit.Quote(c.Subject.CommonName)
	return opened(openedSeal{statement: statement, by: by, key: c.PublicKey, certificate: c})
}

// siteSeal accepts the keys that the site lists. Without a SitePolicy, it cannot verify
// the signature.
func (e *evaluation) siteSeal() openedSeal {
	envelope, err := seal.ParseEnvelope(e.kit.Seal.Envelope)
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is invalid: %v", err)
	}
	if e.site == nil {
		return unknownSite(envelope)
	}
	for _, s := range e.site.sealers {
		statement, err := envelope.Verify(s.key)
		switch {
		case errors.Is(err, seal.ErrSignature):
			continue
		case err != nil:
			return badSeal(kit.SealFile, sealAgain, "the seal is invalid: %v", err)
		case statement.SealedBy != seal.BySite:
			return badSeal(kit.SealFile, sealAgain, "the seal says that the project made it, but a key of the site signed it")
		}
		return opened(openedSeal{statement: statement, by: "the site's sealer " + kit.Quote(s.name), key: s.key})
	}
	return badSeal(kit.SealFile, askForSeal, "the signer is not allowed, or the signature is invalid: %s comes without %s, and was not made by one of the site's sealers (%s)",
		kit.SealFile, kit.SealCertificateFile, e.site.sealerNames())
}

// unknownSite returns the statement without verifying it, so that its content is still
// compared: a kit that differs from its seal is invalid, no matter who made the seal.
func unknownSite(envelope *seal.Envelope) openedSeal {
	statement, err := envelope.Unverified()
	if err != nil {
		return badSeal(kit.SealFile, sealAgain, "the seal is invalid: %v", err)
	}
	return openedSeal{statement: statement, finding: kit.Warn(CheckSeal, kit.SealFile, "verify it with the site's policy, which lists sealing keys: --policy=sitepolicy.yaml",
		"the signature of the seal was not verified, so anyone may have made the seal")}
}

func opened(o openedSeal) openedSeal {
	o.finding = kit.Pass(CheckSeal, kit.SealFile, "sealed by %s, serial %d", o.by, o.statement.Serial)
	return o
}

// vouched reports whether a trusted seal lists the file. The method sealFiles compares
// its content.
func (e *evaluation) vouched(file string) bool {
	if e.seal.finding.Status != kit.StatusPass || (e.site == nil && e.Rules.root == "") {
		return false
	}
	_, named := e.seal.statement.Files[file]
	return named
}
