package checks

import (
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

const fixInject = "store the kit with `kubectl flare kit inject` and let the pod refer to that Secret"

// kit demands that a participant's pod refers to exactly one kit, and that the
// kit is one that the policy takes. Source: design §4.
//
// Fields: every reference to a Secret with the prefix flare-kit-.
func kitCheck(p *Pod) []Result {
	if p.KitName == "" {
		return []Result{p.fail(IDKit, "volumes", "no kit", fixInject, "a participant's pod must mount the Secret of its startup kit")}
	}
	for ref := range References(p.Spec) {
		if strings.HasPrefix(ref.Name, names.PrefixKit) && ref.Name != p.KitName {
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
	return p.located(KitProblems(p.KitName, known, p.when()))
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

// KitProblems says why a kit may not be used, wherever it is met. A zero time leaves
// out what only matters for a pod that is not there yet: dates, serial and revocation.
// Then a running pod can still be ended in order.
func KitProblems(name string, k *facts.KitFact, now time.Time) []Result {
	bad := func(reason, detail, fix string) []Result {
		return []Result{{ID: IDKit, Reason: reason, Detail: "Secret " + quote(name) + ": " + detail, Fix: fix}}
	}
	switch {
	case len(k.Failures) > 0:
		return refused(name, k.Failures)
	case k.Error != "":
		return bad("the kit is not genuine", oneLine(k.Error), fixInject)
	case k.Type != facts.KitSecretType || !k.Immutable:
		return bad("not a kit Secret", "its type must be "+string(facts.KitSecretType)+" and it must be immutable", fixInject)
	case !IsKitName(name, k):
		return bad("the name is another kit's", "it must end in the first 32 digits of the digest "+quote(k.Digest), fixInject)
	case now.IsZero():
		return nil
	}
	return refused(name, k.Terms.Failed(now))
}

// refused turns what acceptance has found into results.
func refused(name string, failures kit.Findings) []Result {
	var results []Result
	for _, f := range failures {
		results = append(results, Result{
			ID: IDKit, Reason: reasonOf(f.ID), Fix: f.Fix,
			Detail: "Secret " + quote(name) + ": " + f.ID + ": " + oneLine(f.Text()),
		})
	}
	return results
}

func reasonOf(finding string) string {
	switch finding {
	case acceptance.CheckListed:
		return "the participant may not run here"
	case acceptance.CheckClaim:
		return "the kit lies on a claim that is not for kits"
	case acceptance.CheckRevoked:
		return "revoked"
	case acceptance.CheckSerial:
		return "an old kit"
	case acceptance.CheckDates, acceptance.CheckSealDates:
		return "the kit is not valid now"
	}
	return "the kit is not genuine"
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
