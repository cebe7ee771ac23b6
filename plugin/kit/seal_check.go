package kit

import (
	"bytes"
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// check refuses a kit that is no good. A project's new seal replaces whatever
// was there. A site that accepts a kit must find it as its old seal says: else
// it would vouch for what somebody changed on the way.
func (o *SealOptions) check(k *kit.Kit) error {
	looked := *k
	if o.certificate != nil {
		looked.Seal = nil
	}
	report := looked.Verify(kit.VerifyOptions{Now: o.clock.Now(), RootFingerprint: o.RootFingerprint})
	var kept kit.Report
	for _, f := range report.Findings {
		if f.ID != kit.CheckSeal && f.ID != kit.CheckSealDates {
			kept.Findings = append(kept.Findings, f)
		}
	}
	for _, f := range kept.Findings {
		if f.Status == kit.StatusWarn {
			if _, err := fmt.Fprintln(o.ErrOut, "Warning: "+f.Message); err != nil {
				return err
			}
		}
	}
	return refusal(o.dir, k, kept, "sealed")
}

// asGood reports whether the kit carries a seal by the same key and certificate
// that is good now and that the new one would not better.
func (o *SealOptions) asGood(k *kit.Kit, made *kit.Seal) bool {
	if k.Seal == nil || !bytes.Equal(k.Seal.Certificate, o.certificate) {
		return false
	}
	old, err := k.VerifySeal(o.ownTrust(k), o.clock.Now())
	if err != nil || (o.Serial != 0 && old.Serial != o.Serial) || (o.Version != "" && old.Framework.Version != o.Version) {
		return false
	}
	next, err := made.Unverified()
	if err != nil {
		return false
	}
	if o.validForSet {
		return old.NotAfter.Equal(next.NotAfter)
	}
	soon := old.NotAfter.Sub(o.clock.Now()) < kit.ExpiryWarning
	return !soon || !next.NotAfter.After(old.NotAfter)
}

// ownTrust believes the kit's own root and the sealer's own key: whether the
// sealer may trust them, check has looked.
func (o *SealOptions) ownTrust(k *kit.Kit) kit.Trust {
	trust := kit.Trust{Roots: []string{pki.Fingerprint(k.Root)}}
	// It fails for no key that ParseKey takes.
	if public, err := pki.EncodePublicKey(&o.key.PublicKey); err == nil && o.certificate == nil {
		trust.Sealers = []kit.Sealer{{Name: "own", PublicKey: string(public)}}
	}
	return trust
}

// greater demands that serials grow: a site that asks for the newest must not
// find two with one number.
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
	return fmt.Errorf("the kit %s carries a seal with the serial %d, and the new one would have %d; give --serial=%d, or take %s away if nobody has used it",
		o.dir, old.Serial, next.Serial, old.Serial+1, kit.SealFile)
}

// serial is the one asked for, or the Unix time. A script may seal twice within
// a second, and serials must grow all the same.
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
