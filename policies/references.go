package policies

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// References are the kit Secrets that a verdict on the pod needs: all names with the
// prefix flare-kit- to which the pod refers in any way, each once, sorted. The caller
// reads and verifies each and puts it into Facts.Kits, with an Error if that fails.
func References(pod *corev1.Pod) []string {
	return named(pod, checks.SecretRef, names.PrefixKit)
}

// LocalReferences are the same for Facts.Locals: the ConfigMaps with the prefix
// flare-local-.
func LocalReferences(pod *corev1.Pod) []string {
	return named(pod, checks.ConfigMapRef, names.PrefixLocal)
}

// ClaimReferences are the claims that Facts.Claims must contain: those that the pod
// mounts and whose PersistentVolume the policy pins. There are none if the policy is
// not valid.
func (p *Policy) ClaimReferences(pod *corev1.Pod) []string {
	if !p.Valid() {
		return nil
	}
	var names []string
	for _, v := range pod.Spec.Volumes {
		if v.PersistentVolumeClaim == nil {
			continue
		}
		name := v.PersistentVolumeClaim.ClaimName
		if rule, _ := p.site.Data(name); rule != nil && rule.VolumeName != "" {
			names = append(names, name)
		}
	}
	return unique(names)
}

// WantsKit says whether Mutate may have to pick a kit for the pod from all kits of
// the namespace: for a Secret that a launcher derived, or for the participant label
// without a kit.
func (p *Policy) WantsKit(pod *corev1.Pod) bool {
	if !p.Valid() {
		return false
	}
	for ref := range checks.References(&pod.Spec) {
		if ref.Kind == checks.SecretRef && p.site.Profiles().Holds(ref.Name) == profiles.HoldsKit {
			return true
		}
	}
	_, asked := pod.Labels[names.LabelParticipant]
	return asked && len(References(pod)) == 0
}

func named(pod *corev1.Pod, kind checks.RefKind, prefix string) []string {
	var names []string
	for ref := range checks.References(&pod.Spec) {
		if ref.Kind == kind && strings.HasPrefix(ref.Name, prefix) {
			names = append(names, ref.Name)
		}
	}
	return unique(names)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
