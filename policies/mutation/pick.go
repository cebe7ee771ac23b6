package mutation

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// pick finds the pod's kit: the one to which it refers, the one that a launcher's derived
// Secret copies, or that of the participant in the pod's label. It returns nil if the
// policy accepts none.
func pick(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts) (string, *facts.KitFact) {
	named, derived := mountedSecrets(pod, site.Profiles())
	if named != "" {
		if one, ok := f.Kit(named); ok && one.Error == "" {
			return named, one
		}
		return "", nil
	}
	if launcher, framework, ok := site.Profiles().KitCopyOwner(derived); ok {
		return best(f, func(k *facts.KitFact) bool {
			return k.Framework == framework && launcher.OwnsKitCopy(derived, k.Participant, k.Role)
		})
	}
	participant, ok := site.ParticipantOfLabel(pod.Labels[names.LabelParticipant])
	if !ok {
		return "", nil
	}
	return best(f, func(k *facts.KitFact) bool { return k.Participant == participant })
}

// mountedSecrets are the first kit and the first copy of a kit among the pod's volumes.
func mountedSecrets(pod *corev1.Pod, known *profiles.Registry) (kit, derived string) {
	for ref := range checks.References(&pod.Spec) {
		switch {
		case ref.Kind != checks.SecretRef || ref.Way != checks.WayVolume:
		case strings.HasPrefix(ref.Name, names.PrefixKit):
			if kit == "" {
				kit = ref.Name
			}
		case known.Holds(ref.Name) == profiles.HoldsKit && derived == "":
			derived = ref.Name
		}
	}
	return kit, derived
}

// best is the matching kit with the highest serial among those that the policy accepts
// now. If serials are equal, it is the first by name, so that the result does not vary.
func best(f *facts.Facts, match func(*facts.KitFact) bool) (string, *facts.KitFact) {
	var found string
	var one *facts.KitFact
	for name, k := range f.Kits {
		if k.Error != "" || !match(&k) || checks.KitProblems(name, &k, f.Now) != nil {
			continue
		}
		if one == nil || k.Serial > one.Serial || (k.Serial == one.Serial && name < found) {
			found, one = name, &k
		}
	}
	return found, one
}
