package kit

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// check rejects a kit that is not valid. A project's new seals replace any old ones. A site
// must find the kit as its old seals say: otherwise it would vouch for changes that were
// made on the way. With --local, it says that it has changed local/ itself.
func (o *SealOptions) check(k *kit.Kit) error {
	looked := *k
	if o.certificate != nil {
		looked.Seal = nil
	}
	if o.certificate != nil || o.Local {
		looked.LocalSeal = nil
	}
	rules, err := acceptance.Pinned(o.registry, o.RootFingerprint)
	if err != nil {
		return fmt.Errorf("--root-fingerprint: %w", err)
	}
	_, all := acceptance.Accept(&looked, rules, o.clock.Now())
	var kept kit.Findings
	replaced := []string{acceptance.CheckSeal, acceptance.CheckSealDates, acceptance.CheckLocalSeal, acceptance.CheckLocalSealDates}
	for _, f := range all {
		// The sealing certificate is from the kit's own root, or there will be no seal: who holds
		// it knows the root.
		known := o.certificate != nil && f.ID == acceptance.CheckRootPinned && f.Status == kit.StatusWarn
		if !known && !slices.Contains(replaced, f.ID) {
			kept = append(kept, f)
		}
	}
	for _, f := range kept.With(kit.StatusWarn) {
		if _, err := fmt.Fprintln(o.ErrOut, "Warning: "+f.Message); err != nil {
			return err
		}
	}
	return source.KitError(o.dir, k, kept, "sealed")
}

// part is startup/ or local/, each of which has a seal of its own.
type part struct {
	// local says that it is local/.
	local  bool
	digest string
	// old is the seal that it has, and made the one that it gets.
	old, made *kit.Seal
	changed   bool
	// make makes a seal, and own is the old one if it is from the sealer and valid now.
	make func(kit.SealOptions) (*kit.Seal, error)
	own  func() *acceptance.Sealed
	// envelope and certificate are the names of the seal's files.
	envelope, certificate string
}

// parts are what is to be sealed. A kit without local/ has only startup/.
func (o *SealOptions) parts(k *kit.Kit) ([]part, error) {
	startup := part{
		digest: k.Digest(), old: k.Seal, make: k.MakeSeal, own: func() *acceptance.Sealed { return o.ownStartup(k) },
		envelope: kit.SealFile, certificate: kit.SealCertificateFile,
	}
	local := part{
		local: true, digest: k.LocalDigest(), old: k.LocalSeal, make: k.MakeLocalSeal, own: func() *acceptance.Sealed { return o.ownLocal(k) },
		envelope: kit.LocalSealFile, certificate: kit.LocalSealCertificateFile,
	}
	switch {
	case o.Local && len(k.Local) == 0:
		return nil, fmt.Errorf("--local: the kit %s has no files in local/", o.dir)
	case o.Local:
		return []part{local}, nil
	case len(k.Local) == 0:
		return []part{startup}, nil
	}
	return []part{startup, local}, nil
}

// equivalent says whether a part has a valid seal by the same key and certificate that the
// new one would not improve on.
func (o *SealOptions) equivalent(p *part, made *kit.Seal) bool {
	if p.old == nil || !bytes.Equal(p.old.Certificate, made.Certificate) {
		return false
	}
	old := p.own()
	if old == nil || (o.Serial != 0 && old.Serial != o.Serial) || (o.Version != "" && old.Framework.Version != o.Version) {
		return false
	}
	next, err := made.Unverified()
	if err != nil {
		return false
	}
	if o.validForSet {
		return old.NotAfter.Equal(next.NotAfter)
	}
	soon := old.NotAfter.Sub(o.clock.Now()) < acceptance.ExpiryWarning
	return !soon || !next.NotAfter.After(old.NotAfter)
}

// ownRules are those of a site that trusts the kit's own root or the sealer's own key.
func (o *SealOptions) ownRules(k *kit.Kit) (*acceptance.Rules, bool) {
	spec := &v1alpha1.SitePolicySpec{Participants: []string{k.Participant}}
	if k.Root != nil {
		spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "own", SHA256: pki.Fingerprint(k.Root)}}
	}
	if public, err := pki.EncodePublicKey(&o.key.PublicKey); err == nil && o.certificate == nil {
		spec.Kits.Sealers = []v1alpha1.Sealer{{Name: "own", PublicKey: string(public)}}
	}
	rules, errs := acceptance.Compile(o.registry, spec)
	return rules, len(errs) == 0
}

func (o *SealOptions) ownStartup(k *kit.Kit) *acceptance.Sealed {
	rules, ok := o.ownRules(k)
	if !ok {
		return nil
	}
	startup := *k
	startup.Local = nil
	verified, findings := acceptance.Accept(&startup, rules, o.clock.Now())
	if !findings.Passed() {
		return nil
	}
	return verified.Seal()
}

// ownLocal ignores findings about the content: the sealer has seen them.
func (o *SealOptions) ownLocal(k *kit.Kit) *acceptance.Sealed {
	rules, ok := o.ownRules(k)
	if !ok {
		return nil
	}
	seal, findings := acceptance.OpenLocal(acceptance.LocalOf(k), rules, o.clock.Now())
	if !findings.Passed() {
		return nil
	}
	return seal
}

// greater makes sure that serials grow: a site that accepts only the newest seal must not
// find two with the same number.
func (o *SealOptions) greater(k *kit.Kit, p *part) error {
	if p.old == nil {
		return nil
	}
	old, err := p.old.Unverified()
	if err != nil || old.Participant != k.Participant {
		return nil //nolint:nilerr // An unreadable seal is replaced.
	}
	next, err := p.made.Unverified()
	if err != nil {
		return err
	}
	if next.Serial > old.Serial {
		return nil
	}
	return fmt.Errorf("the kit %s has a seal with serial %d, and the new seal would have %d: give --serial=%d, or remove %s if the old seal was never used",
		o.dir, old.Serial, next.Serial, old.Serial+1, p.envelope)
}

// serial is the given one, or zero for the Unix time. Serials also grow if a script seals
// twice within a second.
func (o *SealOptions) serial(before *kit.Seal) int64 {
	const burst = 60
	if o.Serial != 0 || before == nil {
		return o.Serial
	}
	old, err := before.Unverified()
	if now := o.clock.Now().Unix(); err != nil || old.Serial < now || old.Serial > now+burst {
		return 0
	}
	return old.Serial + 1
}
