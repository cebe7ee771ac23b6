package acceptance

import (
	"crypto/x509"
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// opener opens one seal and determines who made it. Only the presence of a certificate
// decides how, so that nothing is read before its signature is verified.
type opener struct {
	*Rules
	seal *kit.Seal
	// id is the ID of its findings, envelope and certificate are the names of its files.
	id, envelope, certificate string
	// ask and again are the fixes for a missing and for an invalid seal.
	ask, again string
}

func (o *opener) bad(file, fix, format string, args ...any) openedSeal {
	return openedSeal{finding: kit.Fail(o.id, file, fix, format, args...)}
}

// project accepts a sealer whom the root has certified for sealing with the certificate c.
// The caller checks whether the root is trusted.
func (o *opener) project(c, root *x509.Certificate) openedSeal {
	if err := seal.CheckCertificate(c, root); err != nil {
		return o.bad(o.certificate, o.ask, "the certificate of %s is not valid for sealing: %v", kit.Quote(c.Subject.CommonName), err)
	}
	envelope, err := seal.ParseEnvelope(o.seal.Envelope)
	if err != nil {
		return o.bad(o.envelope, o.again, "the seal is invalid: %v", err)
	}
	statement, err := envelope.VerifyWith(c)
	switch {
	case errors.Is(err, seal.ErrSignature):
		return o.bad(o.envelope, o.ask, "the signature is invalid: it was not made with the key of %s, or the seal was changed", o.certificate)
	case err != nil:
		return o.bad(o.envelope, o.again, "the seal is invalid: %v", err)
	case statement.SealedBy != seal.ByProject:
		return o.bad(o.envelope, o.again, "the seal says that the site made it, but comes with a certificate of the project")
	case outside(statement.NotBefore, c):
		return o.bad(o.certificate, o.again, "the sealing certificate was not valid when the kit was sealed, on %s", stamp(statement.NotBefore))
	}
	by := "the project's sealer " + kit.Quote(c.Subject.CommonName)
	return o.opened(openedSeal{statement: statement, by: by, key: c.PublicKey, certificate: c})
}

// siteSeal accepts the keys that the site lists. Without a SitePolicy, it cannot verify
// the signature.
func (o *opener) siteSeal() openedSeal {
	envelope, err := seal.ParseEnvelope(o.seal.Envelope)
	if err != nil {
		return o.bad(o.envelope, o.again, "the seal is invalid: %v", err)
	}
	if o.site == nil {
		return o.unknownSite(envelope)
	}
	for _, s := range o.site.sealers {
		statement, err := envelope.Verify(s.key)
		switch {
		case errors.Is(err, seal.ErrSignature):
			continue
		case err != nil:
			return o.bad(o.envelope, o.again, "the seal is invalid: %v", err)
		case statement.SealedBy != seal.BySite:
			return o.bad(o.envelope, o.again, "the seal says that the project made it, but a key of the site signed it")
		}
		return o.opened(openedSeal{statement: statement, by: "the site's sealer " + kit.Quote(s.name), key: s.key})
	}
	return o.bad(o.envelope, o.ask, "the signer is not allowed, or the signature is invalid: %s comes without %s, and was not made by one of the site's sealers (%s)",
		o.envelope, o.certificate, o.site.sealerNames())
}

// unknownSite returns the statement without verifying it, so that its content is still
// compared: what differs from its seal is invalid, no matter who made the seal.
func (o *opener) unknownSite(envelope *seal.Envelope) openedSeal {
	statement, err := envelope.Unverified()
	if err != nil {
		return o.bad(o.envelope, o.again, "the seal is invalid: %v", err)
	}
	return openedSeal{statement: statement, finding: kit.Warn(o.id, o.envelope, "verify it with the site's policy, which lists sealing keys: --policy=sitepolicy.yaml",
		"the signature of the seal was not verified, so anyone may have made the seal")}
}

func (o *opener) opened(s openedSeal) openedSeal {
	s.finding = kit.Pass(o.id, o.envelope, "sealed by %s, serial %d", s.by, s.statement.Serial)
	return s
}

// openSeal opens the kit's seal.
func (e *evaluation) openSeal() openedSeal {
	k := e.kit
	o := &opener{Rules: e.Rules, seal: k.Seal, id: CheckSeal, envelope: kit.SealFile, certificate: kit.SealCertificateFile, ask: askForSeal, again: sealAgain}
	switch {
	case k.Seal == nil:
		return openedSeal{finding: e.unsealed()}
	case len(k.Seal.Certificate) == 0:
		return o.siteSeal()
	case k.Root == nil:
		return o.bad(kit.SealCertificateFile, askForSeal, "the project cannot seal kits of %s, since they have no root certificate", e.framework.Title())
	}
	c, err := pki.ParseCertificate(k.Seal.Certificate)
	if err != nil {
		return o.bad(kit.SealCertificateFile, sealAgain, "the sealing certificate is invalid: it %v", err)
	}
	// The method pin checks whether the root is trusted.
	return o.project(c, k.Root)
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

// vouched reports whether a trusted seal lists the file. The method sealFiles compares
// its content.
func (e *evaluation) vouched(file string) bool {
	if e.seal.finding.Status != kit.StatusPass || (e.site == nil && e.Rules.root == "") {
		return false
	}
	_, named := e.seal.statement.Files[file]
	return named
}
