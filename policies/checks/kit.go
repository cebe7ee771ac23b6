package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

const (
	fixInject = "store the kit with `kubectl flare kit inject` and let the pod refer to that Secret"
	fixSeal   = "have the project lead seal the kit, or seal it with a key of the site (kubectl flare kit seal)"
)

// kit demands that a participant's pod refers to exactly one kit, and that the
// kit is one that the policy takes. Source: design §4.
//
// Fields: every reference to a Secret with the prefix flare-kit-.
func kitCheck(p *Pod) []Result {
	if p.KitName == "" {
		return []Result{p.fail(IDKit, "volumes", "no kit", fixInject, "a participant's pod must mount the Secret of its startup kit")}
	}
	for ref := range References(p.Spec) {
		if HasPrefix(ref.Name, names.PrefixKit) && ref.Name != p.KitName {
			return []Result{p.fail(IDKit, ref.Field(), "more than one kit", "run one participant in a pod", "%s and %s", quote(p.KitName), quote(ref.Name))}
		}
	}
	known, ok := p.Facts.Kit(p.KitName)
	if !ok {
		return []Result{p.fail(IDKit, "volumes", "the kit is not there", fixInject, "Secret %s does not exist or could not be read", quote(p.KitName))}
	}
	if p.Template && known.Absent {
		// A workload may be written before its kit, and a dry run of both sees
		// neither: the pods will be refused until the kit is there.
		return nil
	}
	return p.located(KitProblems(p.KitName, known, p.Policy, p.when()))
}

// when is the date for the kit; zero means that the date does not matter.
func (p *Pod) when() time.Time {
	if !p.Create && !p.Starts {
		return time.Time{}
	}
	return p.Facts.Now
}

// located gives problems of the kit their place in the pod.
func (p *Pod) located(results []Result) []Result {
	for i := range results {
		results[i].Field = p.at("volumes")
	}
	return results
}

// KitProblems says what the policy has against a kit, wherever it is met. A zero
// time leaves out what only matters for a pod that is not there yet: dates and
// revocation. Then a running pod can still be ended in order.
func KitProblems(name string, k *facts.KitFact, policy *v1alpha1.SitePolicySpec, now time.Time) []Result {
	bad := func(reason, detail, fix string) []Result {
		return []Result{{ID: IDKit, Reason: reason, Detail: "Secret " + quote(name) + ": " + detail, Fix: fix}}
	}
	switch {
	case k.Error != "":
		return bad("the kit is not genuine", oneLine(k.Error), fixInject)
	case k.Type != facts.KitSecretType || !k.Immutable:
		return bad("not a kit Secret", "its type must be "+string(facts.KitSecretType)+" and it must be immutable", fixInject)
	case !IsKitName(name, k):
		return bad("the name is another kit's", "it must end in the first 32 digits of the digest "+quote(k.Digest), fixInject)
	case !slices.Contains(policy.Participants, k.Participant):
		return bad("the participant may not run here", quote(k.Participant)+" is not in spec.participants", "use the kit of "+strings.Join(policy.Participants, ", "))
	case k.Volume != nil && !slices.Contains(policy.Kits.Claims, k.Volume.ClaimName):
		return bad("the kit lies on a claim that is not for kits", "claim "+quote(k.Volume.ClaimName)+" is not in spec.kits.claims", "let the policy name the claim, or inject the kit without --kit-claim")
	}
	if results := trust(bad, k, policy); results != nil {
		return results
	}
	if now.IsZero() {
		return nil
	}
	return current(bad, k, policy, now)
}

type verdict func(reason, detail, fix string) []Result

// trust looks at who vouches for the kit.
func trust(bad verdict, k *facts.KitFact, policy *v1alpha1.SitePolicySpec) []Result {
	pinned := func(r v1alpha1.TrustRoot) bool { return r.SHA256 == k.RootFingerprint }
	if !slices.ContainsFunc(policy.Kits.TrustRoots, pinned) {
		return bad("the root is not pinned", "its root has the fingerprint "+k.RootFingerprint+", which spec.kits.trustRoots does not name",
			"compare the fingerprint with the project lead by phone; if it is right, add it to the policy")
	}
	switch k.SealedBy {
	case facts.SealProject:
		return nil
	case facts.SealSite:
		if !v1alpha1.HasSealer(policy.Kits.Sealers, k.SealerKey) {
			return bad("the seal's key is not the site's", "spec.kits.sealers does not name the key "+k.SealerKey, fixSeal)
		}
		return nil
	case facts.SealNative:
		if policy.Kits.Signature == v1alpha1.SignatureSealOrNative {
			return nil
		}
		return bad("not sealed", "NVFLARE's own signature.json does not do here (spec.kits.signature: Seal)", fixSeal)
	case facts.SealNone:
	}
	return bad("not sealed", "nobody vouches for its files", fixSeal)
}

// current looks at what changes with time: revocation, serials, dates.
func current(bad verdict, k *facts.KitFact, policy *v1alpha1.SitePolicySpec, now time.Time) []Result {
	const fixNew = "ask the project lead for a new kit and inject it"
	revoked := &policy.Kits.Revoked
	switch {
	case slices.Contains(revoked.CertificateSerials, k.CertificateSerial):
		return bad("revoked", "its certificate has the serial "+k.CertificateSerial, fixNew)
	case slices.Contains(revoked.Keys, k.KeyFingerprint):
		return bad("revoked", "its key has the fingerprint "+k.KeyFingerprint, fixNew)
	case slices.Contains(revoked.Kits, k.Digest):
		return bad("revoked", "its digest is "+k.Digest, fixNew)
	case k.Serial < policy.Kits.MinimumSerial[k.Participant]:
		return bad("an old kit", "a newer one has replaced it (spec.kits.minimumSerial)", "use the newest kit of "+quote(k.Participant))
	case now.IsZero() || now.After(k.NotAfter):
		return bad("expired", "its certificate was good until "+k.NotAfter.UTC().Format(time.RFC3339), fixNew)
	case now.Before(k.NotBefore):
		return bad("not good yet", "its certificate is good from "+k.NotBefore.UTC().Format(time.RFC3339)+" on", "check the clock, or wait")
	}
	return nil
}

// IsKitName says whether a Secret's name is that of the kit.
func IsKitName(name string, k *facts.KitFact) bool {
	rest, ok := strings.CutPrefix(name, names.PrefixKit)
	if !ok || len(k.Digest) != 2*names.DigestDigits {
		return false
	}
	rest, ok = strings.CutSuffix(rest, k.Digest[:names.DigestDigits])
	if !ok || rest == "" || rest[len(rest)-1] != '-' {
		return false
	}
	return rest[:len(rest)-1] == kit.ObjectName(k.Participant)
}
