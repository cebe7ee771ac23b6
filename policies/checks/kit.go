package checks

import (
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

const fixInject = "store the kit with `kubectl flare kit inject` and use this Secret in the pod"

// kitCheck requires that a participant's pod refers to exactly one kit, and that the
// policy accepts this kit.
//
// Fields: every reference to a Secret with the prefix flare-kit-.
func kitCheck(p *Pod) []Result {
	if p.KitName == "" {
		return []Result{p.fail(IDKit, "volumes", "the kit is missing", fixInject, "a participant's pod must mount the Secret of its startup kit")}
	}
	for _, ref := range p.reserved {
		if strings.HasPrefix(ref.Name, names.PrefixKit) && ref.Name != p.KitName {
			return []Result{p.fail(IDKit, ref.Field(), "more than one kit", "run one participant in a pod", "%s and %s", quote(p.KitName), quote(ref.Name))}
		}
	}
	if p.known == nil {
		return []Result{p.fail(IDKit, "volumes", "the kit does not exist", fixInject, "Secret %s does not exist or cannot be read", quote(p.KitName))}
	}
	if p.Template && p.known.Absent {
		// A workload may be created before its kit, and in a dry run of both, neither
		// exists. Its pods are denied until the kit exists.
		return nil
	}
	return p.located(KitProblems(p.KitName, p.owner.Object, p.known, p.when()))
}

// when is the time at which the kit must be valid. It is zero if the time does not
// matter.
func (p *Pod) when() time.Time {
	if !p.Create && !p.Starts {
		return time.Time{}
	}
	return p.Facts.Now
}

// located sets the field of results about the kit.
func (p *Pod) located(results []Result) []Result {
	for i := range results {
		results[i].Field = p.at("volumes")
	}
	return results
}

// KitProblems says why a kit may not be used. object is the name of its participant's
// objects. With a zero time, it ignores what matters only for new pods: dates, serial and
// revocation. So running pods may finish.
func KitProblems(name, object string, k *facts.KitFact, now time.Time) []Result {
	bad := func(reason, detail, fix string) []Result {
		return []Result{{ID: IDKit, Reason: reason, Detail: "Secret " + quote(name) + ": " + detail, Fix: fix}}
	}
	switch {
	case len(k.Failures) > 0:
		return fromFindings(IDKit, "Secret", name, k.Failures)
	case k.Absent:
		return bad("the kit does not exist", oneLine(k.Error), fixInject)
	case k.Error != "":
		return bad("the kit is not genuine", oneLine(k.Error), fixInject)
	case k.Type != facts.KitSecretType || !k.Immutable:
		return bad("not a kit Secret", "its type must be "+string(facts.KitSecretType)+" and it must be immutable", fixInject)
	case !isKitName(name, object, k.Digest):
		return bad("the name does not match the kit", "it must end with the first 32 digits of the digest "+quote(k.Digest), fixInject)
	case now.IsZero():
		return nil
	}
	return fromFindings(IDKit, "Secret", name, k.Terms.Failed(now))
}

// fromFindings makes results of the findings of package acceptance about an object.
func fromFindings(id, kind, name string, failures kit.Findings) []Result {
	var results []Result
	for _, f := range failures {
		results = append(results, Result{
			ID: id, Reason: reasonOf(f.ID), Fix: f.Fix, Detail: kind + " " + quote(name) + ": " + f.ID + ": " + oneLine(f.Text()),
		})
	}
	return results
}

func reasonOf(finding string) string {
	switch finding {
	case acceptance.CheckListed:
		return "the participant may not run here"
	case acceptance.CheckClaim:
		return "the kit is on a claim that is not for kits"
	case kit.CheckPrivacy:
		return "a setting that the policy does not allow"
	case acceptance.CheckRevoked:
		return "the kit is revoked"
	case acceptance.CheckSerial:
		return "the kit is outdated"
	case acceptance.CheckDates, acceptance.CheckSealDates:
		return "the kit is not valid now"
	}
	if strings.HasPrefix(finding, "local-") {
		return reasonOfLocal(finding)
	}
	return "the kit is not genuine"
}

// isKitName says whether a Secret's name is that of the kit of a participant.
func isKitName(name, object, digest string) bool {
	rest, ok := strings.CutPrefix(name, names.PrefixKit)
	if !ok || object == "" || len(digest) != 2*names.DigestDigits {
		return false
	}
	rest, ok = strings.CutPrefix(rest, object)
	return ok && rest != "" && rest[0] == '-' && rest[1:] == digest[:names.DigestDigits]
}
