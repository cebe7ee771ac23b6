package mutation

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// pick finds the pod's kit: the one that it refers to, the one of which a
// launcher's derived Secret is a copy, or that of the participant that the pod's
// label asks for. nil if there is none that the policy takes.
func pick(pod *corev1.Pod, f *facts.Facts) (string, *facts.KitFact) {
	var named, derived string
	for ref := range checks.References(&pod.Spec) {
		switch {
		case ref.Kind != checks.SecretRef || ref.Way != checks.WayVolume:
		case checks.HasPrefix(ref.Name, names.PrefixKit) && named == "":
			named = ref.Name
		case checks.HasPrefix(ref.Name, checks.PrefixDerived) && derived == "":
			derived = ref.Name
		}
	}
	if named != "" {
		if one, ok := f.Kit(named); ok && one.Error == "" {
			return named, one
		}
		return "", nil
	}
	if derived != "" {
		return best(f, func(k *facts.KitFact) bool { return profiles.NVFlare{}.OwnsDerived(derived, k.Participant, k.Role) })
	}
	label, ok := pod.Labels[names.LabelParticipant]
	if !ok || label == "" {
		return "", nil
	}
	return best(f, func(k *facts.KitFact) bool { return labelled(k.Participant, label) })
}

// labelled says whether a label's value stands for the participant: its name
// where that is legal in a label, else its object name.
func labelled(participant, label string) bool {
	if len(validation.IsValidLabelValue(participant)) == 0 {
		return participant == label
	}
	return kit.ObjectName(participant) == label
}

// best is the matching kit with the highest serial among those that the policy
// takes today; of two equal ones the first by name, so that a pod always gets the
// same.
func best(f *facts.Facts, match func(*facts.KitFact) bool) (string, *facts.KitFact) {
	var found string
	var one *facts.KitFact
	for name := range f.Kits {
		k, _ := f.Kit(name)
		if k.Error != "" || !match(k) || checks.KitProblems(name, k, f.Now) != nil {
			continue
		}
		if one == nil || k.Serial > one.Serial || (k.Serial == one.Serial && strings.Compare(name, found) < 0) {
			found, one = name, k
		}
	}
	return found, one
}
