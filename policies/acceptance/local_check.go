package acceptance

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// sealLocal is the fix for a local/ that no one vouches for.
const sealLocal = "check local/, seal it with `kubectl flare kit seal --local DIR --key=FILE` and inject the kit again, or list its digest in spec.kits.local of the policy"

// localEvaluation is the state of one call of AcceptLocal.
type localEvaluation struct {
	*Rules
	Local
	// listed is the participant for whom the policy lists the digest; then no seal is
	// read.
	listed string
	opened openedSeal
}

// authority says who vouches for local/: the policy, or who has sealed it.
func (e *localEvaluation) authority() kit.Findings {
	digest := e.Files.Digest()
	if e.listed = e.site.lists(digest, e.Owner); e.listed != "" {
		return kit.Findings{kit.Pass(CheckLocalSeal, kit.LocalDir, "the policy lists its digest for %s", kit.Quote(e.listed))}
	}
	if e.Seal == nil {
		return e.unsealed(digest)
	}
	e.opened = e.open()
	all := append(kit.Findings{e.opened.finding}, e.files()...)
	return append(all, e.identity()...)
}

// unsealed says that no one vouches for local/. Without a policy, which may list the
// digest, it only warns, and only if the kit is sealed: an unsealed kit is for namespaces
// that are not governed.
func (e *localEvaluation) unsealed(digest string) kit.Findings {
	switch {
	case e.site != nil:
		return kit.Findings{kit.Fail(CheckLocalSeal, kit.LocalDir, sealLocal, "neither sealed nor listed: no seal comes with it, and spec.kits.local of the policy does not list its digest %s", digest)}
	case e.Kit != nil && e.Kit.Seal != nil:
		return kit.Findings{kit.Warn(CheckLocalSeal, kit.LocalDir, sealLocal, "not sealed: governed namespaces deny it unless their policy lists its digest %s", digest)}
	}
	return nil
}

// open opens the seal. The root that certified the project's sealer comes with it, and
// counts only if it is trusted.
func (e *localEvaluation) open() openedSeal {
	o := &opener{Rules: e.Rules, seal: e.Seal, id: CheckLocalSeal, envelope: kit.LocalSealFile, certificate: kit.LocalSealCertificateFile, ask: sealLocal, again: sealLocal}
	if len(e.Seal.Certificate) == 0 {
		return o.siteSeal()
	}
	all, err := pki.ParseCertificates(e.Seal.Certificate)
	switch {
	case err != nil:
		return o.bad(o.certificate, sealLocal, "the sealing certificate is invalid: it %v", err)
	case len(all) != 2:
		return o.bad(o.certificate, sealLocal, "it must have two certificates, the sealer's and then the root, but has %d", len(all))
	}
	if err := e.trusts(all[1]); err != nil {
		return o.bad(o.certificate, sealLocal, "the root is not trusted: %v", err)
	}
	opened := o.project(all[0], all[1])
	opened.root = all[1]
	return opened
}

func (e *localEvaluation) trusts(root *x509.Certificate) error {
	if err := pki.CheckRoot(root); err != nil {
		return err
	}
	got := pki.Fingerprint(root)
	switch {
	case e.site != nil && !e.site.roots[got]:
		return errors.New("sha256:" + got + " is not in kits.trustRoots of the policy")
	case e.root != "" && e.root != got:
		return errors.New("it is sha256:" + got + ", trusted is sha256:" + e.root)
	case e.Kit != nil && rootOf(e.Kit) != got:
		return errors.New("sha256:" + got + " is not the root of the kit")
	}
	return nil
}

// files compares local/ with the sealed digests, in both directions.
func (e *localEvaluation) files() kit.Findings {
	if e.opened.statement == nil {
		return nil
	}
	sums, err := kit.LocalSums(e.opened.statement)
	if err != nil {
		return kit.Findings{kit.Fail(CheckLocalSealFiles, kit.LocalSealFile, sealLocal, "%v", err)}
	}
	var findings kit.Findings
	bad := func(file, problem string) {
		findings = append(findings, kit.Fail(CheckLocalSealFiles, path.Join(kit.LocalDir, file), sealLocal, "%s", problem))
	}
	for _, f := range e.Files {
		sum := sha256.Sum256(f.Data)
		switch want, ok := sums[f.Name]; {
		case !ok:
			bad(f.Name, "an extra file: the seal does not list it")
		case want != hex.EncodeToString(sum[:]):
			bad(f.Name, "changed since it was sealed")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if _, ok := e.Files.Get(name); !ok {
			findings = append(findings, kit.Fail(CheckLocalSealFiles, kit.LocalSealFile, sealLocal, "the sealed file %s is missing from %s/", kit.Quote(name), kit.LocalDir))
		}
	}
	if findings == nil {
		findings = kit.Findings{kit.Pass(CheckLocalSealFiles, kit.LocalDir, "%d files, all of them unchanged since they were sealed", len(e.Files))}
	}
	return findings
}

// identity compares the seal with the owner and, if it is known, with the kit: a seal of
// another participant's local/ must fail.
func (e *localEvaluation) identity() kit.Findings {
	s := e.opened.statement
	if s == nil {
		return nil
	}
	bad := func(format string, args ...any) kit.Findings {
		return kit.Findings{kit.Fail(CheckLocalSealIdentity, kit.LocalSealFile, sealLocal, format, args...)}
	}
	sealed := identityOf(s)
	switch {
	case !e.Owner(s.Participant):
		return bad("sealed for another participant, %s", kit.Quote(s.Participant))
	case e.site != nil && !slices.Contains(e.site.participants, s.Participant):
		return bad("sealed for %s, who is not in spec.participants of the policy (%s)", kit.Quote(s.Participant), strings.Join(e.site.participants, ", "))
	case e.opened.root != nil && s.Root != pki.Fingerprint(e.opened.root):
		return bad("sealed for the root sha256:%.64s, but a sealer of another root made the seal", s.Root)
	case e.site != nil && s.Root != "" && !e.site.roots[s.Root]:
		return bad("sealed for the root sha256:%s, which is not in kits.trustRoots of the policy", s.Root)
	case e.Kit != nil:
		if difference := sealed.Difference(IdentityOf(e.Kit)); difference != "" {
			return bad("sealed for another kit: %s", difference)
		}
	}
	return kit.Findings{kit.Pass(CheckLocalSealIdentity, kit.LocalSealFile, "sealed for %s of %s", kit.Quote(s.Participant), kit.Quote(s.Federation))}
}

// content asks the framework about the files. Only a trusted seal or the kit says which
// framework that is. If it is one that is not known here, no kit has it, so that local/ is
// another kit's.
func (e *localEvaluation) content() kit.Findings {
	of, known := e.kind()
	if !known {
		return nil
	}
	framework, known := e.registry.Find(of.Framework)
	if !known {
		return nil
	}
	if framework.SettingsChecker == nil {
		return e.decided(kit.Findings{kit.Fail(kit.CheckLocalContent, kit.LocalDir, "list its digest in spec.kits.local of the policy",
			"kubectl-flare does not know which settings of %s are safe", framework.Title())})
	}
	return e.decided(framework.SettingsChecker.CheckSettings(e.Files, of.Role))
}

// decided makes warnings of what a policy can allow if it does: its author has decided about
// exactly these files. Without a policy, it is not known.
func (e *localEvaluation) decided(findings kit.Findings) kit.Findings {
	if e.site != nil && e.listed == "" {
		return findings
	}
	for i := range findings {
		if f := &findings[i]; f.ID == kit.CheckLocalContent && f.Status == kit.StatusFail {
			f.Status = kit.StatusWarn
		}
	}
	return findings
}

// lists is the participant for whom the policy lists a local/ with this digest, "" if
// there is none.
func (s *site) lists(digest string, owner func(string) bool) string {
	if s == nil {
		return ""
	}
	for _, participant := range s.locals[digest] {
		if owner(participant) {
			return participant
		}
	}
	return ""
}

// terms are the dates of the seal, its serial and revocations. An entry in the policy has
// no end but its removal.
func (e *localEvaluation) terms() Terms {
	var t Terms
	if s := e.opened.statement; s != nil {
		t.Windows = append(t.Windows, Window{CheckLocalSealDates, "the seal of local/", kit.LocalSealFile, s.NotBefore, s.NotAfter})
	}
	if c := e.opened.certificate; c != nil {
		t.Windows = append(t.Windows, Window{CheckLocalSealDates, "the sealing certificate of local/", kit.LocalSealCertificateFile, c.NotBefore, c.NotAfter})
	}
	if e.site != nil {
		t.Fixed = append(t.Fixed, e.serial(), e.revoked())
	}
	return t
}

func (e *localEvaluation) serial() kit.Finding {
	s := e.opened.statement
	if s == nil {
		return kit.Pass(CheckLocalSerial, kit.LocalDir, "the policy lists it, so that it needs no serial")
	}
	if least := e.site.minimumSerial[s.Participant]; s.Serial < least {
		return kit.Fail(CheckLocalSerial, kit.LocalSealFile, sealLocal, "the serial is %d, but kits.minimumSerial of the policy for %s is %d", s.Serial, kit.Quote(s.Participant), least)
	}
	return kit.Pass(CheckLocalSerial, kit.LocalSealFile, "the serial is %d, which the policy accepts", s.Serial)
}

func (e *localEvaluation) revoked() kit.Finding {
	var certificates []*x509.Certificate
	if e.opened.certificate != nil {
		certificates = []*x509.Certificate{e.opened.certificate, e.opened.root}
	}
	field, what, id := e.site.revokes(certificates, e.opened, e.Files.Digest(), "local/")
	if field == "" {
		return kit.Pass(CheckLocalRevoked, kit.LocalDir, "neither local/ nor its sealer is revoked")
	}
	return kit.Fail(CheckLocalRevoked, kit.LocalDir, sealLocal, "%s is revoked: kits.revoked.%s of the policy lists %s", what, field, id)
}

func identityOf(s *seal.Statement) Identity {
	return Identity{
		Participant: s.Participant, Federation: s.Federation, Org: s.Org, Role: kit.Role(s.Role),
		Framework: s.Framework.Name, Root: s.Root, Key: s.Key,
	}
}
