package kit

import (
	"bytes"
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// check rejects a kit that is not valid. A project's new seal replaces any old one. A site
// must find the kit as its old seal says: otherwise it would vouch for changes that were
// made on the way.
func (o *SealOptions) check(k *kit.Kit) error {
	looked := *k
	if o.certificate != nil {
		looked.Seal = nil
	}
	rules, err := acceptance.Pinned(o.registry, o.RootFingerprint)
	if err != nil {
		return fmt.Errorf("--root-fingerprint: %w", err)
	}
	_, all := acceptance.Accept(&looked, rules, o.clock.Now())
	var kept kit.Findings
	for _, f := range all {
		if f.ID != acceptance.CheckSeal && f.ID != acceptance.CheckSealDates {
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

// equivalent says whether the kit has a valid seal by the same key and certificate that the
// new one would not improve on.
func (o *SealOptions) equivalent(k *kit.Kit, made *kit.Seal) bool {
	if k.Seal == nil || !bytes.Equal(k.Seal.Certificate, o.certificate) {
		return false
	}
	old := o.own(k)
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

// own is the kit's seal if it is from the sealer and valid now, and nil otherwise. It is
// verified with the rules of a site that trusts the kit's own root or the sealer's own key.
func (o *SealOptions) own(k *kit.Kit) *acceptance.Sealed {
	spec := &v1alpha1.SitePolicySpec{Participants: []string{k.Participant}}
	if k.Root != nil {
		spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "own", SHA256: pki.Fingerprint(k.Root)}}
	}
	if public, err := pki.EncodePublicKey(&o.key.PublicKey); err == nil && o.certificate == nil {
		spec.Kits.Sealers = []v1alpha1.Sealer{{Name: "own", PublicKey: string(public)}}
	}
	rules, errs := acceptance.Compile(o.registry, spec)
	if len(errs) > 0 {
		return nil
	}
	verified, findings := acceptance.Accept(k, rules, o.clock.Now())
	if !findings.Passed() {
		return nil
	}
	return verified.Seal()
}

// greater makes sure that serials grow: a site that accepts only the newest seal must not
// find two with the same number.
func (o *SealOptions) greater(k *kit.Kit, made *kit.Seal) error {
	if k.Seal == nil {
		return nil
	}
	old, err := k.Seal.Unverified()
	if err != nil || old.Participant != k.Participant {
		return nil //nolint:nilerr // An unreadable seal is replaced.
	}
	next, err := made.Unverified()
	if err != nil {
		return err
	}
	if next.Serial > old.Serial {
		return nil
	}
	return fmt.Errorf("the kit %s has a seal with serial %d, and the new seal would have %d: give --serial=%d, or remove %s if the old seal was never used",
		o.dir, old.Serial, next.Serial, old.Serial+1, kit.SealFile)
}

// serial is the given one, or zero for the Unix time. Serials also grow if a script seals
// twice within a second.
func (o *SealOptions) serial(k *kit.Kit) int64 {
	const burst = 60
	if o.Serial != 0 || k.Seal == nil {
		return o.Serial
	}
	old, err := k.Seal.Unverified()
	if now := o.clock.Now().Unix(); err != nil || old.Serial < now || old.Serial > now+burst {
		return 0
	}
	return old.Serial + 1
}
