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

// pick finds the pod's kit: the one that it mounts or, if it mounts a Secret that a
// launcher made, the kit of the pod that the launcher's token is bound to. nil if
// there is none that the policy accepts.
func pick(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts) (string, *facts.KitFact) {
	name, launched := mountedSecrets(pod, site.Profiles())
	if name == "" && launched != "" && f.Launcher != nil {
		name = f.Launcher.KitName
	}
	k, ok := f.Kit(name)
	if name == "" || !ok || k.Error != "" {
		return "", nil
	}
	return name, k
}

// mountedSecrets are the first kit, and the first Secret of a launcher, that the pod has
// as a volume.
func mountedSecrets(pod *corev1.Pod, known *profiles.Registry) (kit, launched string) {
	for ref := range checks.References(&pod.Spec) {
		switch {
		case ref.Kind != checks.SecretRef || ref.Way != checks.WayVolume:
		case strings.HasPrefix(ref.Name, names.PrefixKit):
			if kit == "" {
				kit = ref.Name
			}
		case known.Holds(ref.Name) != "" && launched == "":
			launched = ref.Name
		}
	}
	return kit, launched
}
