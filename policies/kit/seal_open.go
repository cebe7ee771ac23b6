package kit

import (
	"crypto"
	"crypto/x509"
	"errors"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// errNoSealer says that none of the site's keys made a seal.
var errNoSealer = errors.New("no key of the site made it")

// openedSeal is a seal after the look at its envelope and its signer. Its
// statement is nil unless somebody who may seal has signed it.
type openedSeal struct {
	finding   Finding
	statement *seal.Statement
	// by is who sealed, for messages.
	by string
	// key is the sealer's, certificate the project's sealer's.
	key         crypto.PublicKey
	certificate *x509.Certificate
}

// openSeal reads the seal and finds out who made it. Which way is taken hangs on
// the seal's certificate alone, so that nothing is read before its signature was
// checked.
func openSeal(k *Kit, options VerifyOptions) openedSeal {
	switch {
	case k.Seal == nil:
		return openedSeal{finding: unsealed(k, options)}
	case len(k.Seal.Certificate) > 0:
		return projectSeal(k, options.Now)
	}
	return siteSeal(k, options.Trust)
}

// unsealed asks for NVFLARE's own signature where the site takes that instead.
func unsealed(k *Kit, options VerifyOptions) Finding {
	if !options.Trust.AllowNative {
		return fail(CheckSeal, SealFile, askForSeal, "no seal, and the policy asks for one")
	}
	problems, signed := folderProblems(k, startupDir, k.Startup)
	if !signed || len(problems) > 0 {
		return fail(CheckSeal, SealFile, askForSeal, "neither a seal nor a good signature of NVFLARE's own")
	}
	return warn(CheckSeal, SealFile, askForSeal,
		"no seal, only NVFLARE's own signature: it says nothing of the role, and neither an older kit nor a missing file is noticed")
}

// projectSeal believes whom the kit's root certified for sealing. Whether that
// root is a pinned one is for checkPin.
func projectSeal(k *Kit, now time.Time) openedSeal {
	bad := func(file, fix, format string, args ...any) openedSeal {
		return openedSeal{finding: fail(CheckSeal, file, fix, format, args...)}
	}
	c, err := pki.ParseCertificate(k.Seal.Certificate)
	if err != nil {
		return bad(SealCertificateFile, sealAgain, "the sealing certificate is unusable: it %v", err)
	}
	if err := seal.CheckCertificate(c, k.Root); err != nil {
		return bad(SealCertificateFile, askForSeal, "the certificate of %s must not seal: %v", shown(c.Subject.CommonName), err)
	}
	envelope, err := seal.ParseEnvelope(k.Seal.Envelope)
	if err != nil {
		return bad(SealFile, sealAgain, "the seal is unusable: %v", err)
	}
	statement, err := envelope.VerifyWith(c)
	switch {
	case errors.Is(err, seal.ErrSignature):
		return bad(SealFile, askForSeal, "the signature is invalid: the key of %s did not make it, or the seal was changed", SealCertificateFile)
	case err != nil:
		return bad(SealFile, sealAgain, "the seal is unusable: %v", err)
	case statement.SealedBy != seal.ByProject:
		return bad(SealFile, sealAgain, "a seal of the site with a certificate of the project")
	case outside(statement.NotBefore, c):
		return bad(SealCertificateFile, sealAgain, "the sealing certificate was not good when the kit was sealed, on %s", stamp(statement.NotBefore))
	case outside(now, c):
		return bad(SealCertificateFile, sealAgain, "the sealing certificate is good from %s until %s, not now", stamp(c.NotBefore), stamp(c.NotAfter))
	}
	by := "the project's sealer " + shown(c.Subject.CommonName)
	return opened(openedSeal{statement: statement, by: by, key: c.PublicKey, certificate: c})
}

// siteSeal believes the keys that the site names. Without them it can only tell
// what the seal says of itself.
func siteSeal(k *Kit, trust *Trust) openedSeal {
	bad := func(fix, format string, args ...any) openedSeal {
		return openedSeal{finding: fail(CheckSeal, SealFile, fix, format, args...)}
	}
	envelope, err := seal.ParseEnvelope(k.Seal.Envelope)
	if err != nil {
		return bad(sealAgain, "the seal is unusable: %v", err)
	}
	if trust == nil {
		return unknownSite(envelope)
	}
	name, key, statement, err := trust.sealerOf(envelope)
	switch {
	case errors.Is(err, errNoSealer):
		return bad(askForSeal, "the signer is not allowed, or the signature is invalid: %s has no %s beside it, and none of the site's sealers made it (%s)",
			SealFile, SealCertificateFile, trust.names())
	case err != nil:
		return bad(sealAgain, "the seal cannot be checked: %v", err)
	case statement.SealedBy != seal.BySite:
		return bad(sealAgain, "a seal of the project without its certificate: a key of the site signed it")
	}
	return opened(openedSeal{statement: statement, by: "the site's sealer " + shown(name), key: key})
}

// unknownSite still lets the content be compared: a kit that differs from its
// seal is broken whoever made it.
func unknownSite(envelope *seal.Envelope) openedSeal {
	statement, err := envelope.Unverified()
	if err != nil {
		return openedSeal{finding: fail(CheckSeal, SealFile, sealAgain, "the seal is unusable: %v", err)}
	}
	return openedSeal{statement: statement, finding: warn(CheckSeal, SealFile, "verify with the site's policy: --policy=sitepolicy.yaml",
		"the seal's signature was not checked, so anybody may have made it: a site's key is known to its SitePolicy alone")}
}

func opened(o openedSeal) openedSeal {
	o.finding = pass(CheckSeal, SealFile, "sealed by %s, serial %d", o.by, o.statement.Serial)
	return o
}

func outside(t time.Time, c *x509.Certificate) bool {
	return t.Before(c.NotBefore) || t.After(c.NotAfter)
}

// stamp writes a time as people compare it with others.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// askForSeal is the fix for a kit that nobody has sealed who may.
const askForSeal = "have the project lead seal it, or accept it with `kubectl flare kit seal` and a key that the policy names in kits.sealers"

// vouched reports whether a seal that the caller has reason to trust names the
// file. What the file holds is for checkSealFiles.
func (o VerifyOptions) vouched(file string) bool {
	if o.seal.finding.Status != StatusPass || (o.Trust == nil && o.RootFingerprint == "") {
		return false
	}
	_, named := o.seal.statement.Files[file]
	return named
}
