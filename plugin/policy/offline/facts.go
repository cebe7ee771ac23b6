package offline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Facts are what a verdict in the namespace depends on, according to the files.
func (s *Snapshot) Facts(namespace string, policy *policies.Policy, name string) policies.Facts {
	f := policies.Facts{
		Now: s.Now, PolicyName: name,
		Kits: map[string]*policies.KitFact{}, Locals: map[string]policies.LocalFact{}, Claims: map[string]policies.ClaimFact{}, Secrets: map[string]policies.SecretFact{},
	}
	if !policy.Valid() {
		return f
	}
	maps.Copy(f.Kits, s.Kits)
	maps.Copy(f.Locals, s.Locals)
	for _, secret := range s.secrets {
		if strings.HasPrefix(secret.Name, names.PrefixKit) && in(namespace, secret.Namespace) {
			f.Kits[secret.Name] = kitfact.Under(s.registry, &policy.Source().Spec, secret)
		}
	}
	for _, m := range s.configMaps {
		if strings.HasPrefix(m.Name, names.PrefixLocal) && in(namespace, m.Namespace) {
			f.Locals[m.Name] = kitfact.LocalUnder(s.registry, &policy.Source().Spec, m)
		}
	}
	for _, c := range s.claims {
		if in(namespace, c.Namespace) && c.Spec.VolumeName != "" {
			f.Claims[c.Name] = policies.ClaimFact{VolumeName: c.Spec.VolumeName}
		}
	}
	return f
}

// in says whether an object belongs to the namespace. Objects made from a kit's folder
// have no namespace and belong to all.
func in(namespace, of string) bool { return of == namespace || of == "" }

// assume fills in what only a cluster knows, and returns notes about it: the volume to
// which a claim is bound, and the image of flare-kit that the webhook expects.
func (s *Snapshot) assume(f *policies.Facts, pod *corev1.Pod, policy *policies.Policy) []string {
	var notes []string
	if image := verifierImage(pod); image != "" {
		f.KitImage = image
		notes = append(notes, "assumed: the webhook was installed with --kit-image "+image)
	}
	if name := pod.Spec.SchedulerName; name != "" && name != corev1.DefaultSchedulerName {
		notes = append(notes, "assumed: the webhook was installed without --binder, so that no other scheduler may bind pods")
	}
	for _, name := range policies.ClaimReferences(pod) {
		if _, known := f.Claims[name]; known {
			continue
		}
		volume := pinned(policy, name)
		switch {
		case volume == "":
			f.Claims[name] = policies.ClaimFact{} // as if it was not bound yet
		case !slices.Contains(s.Absent, name):
			f.Claims[name] = policies.ClaimFact{VolumeName: volume}
			notes = append(notes, fmt.Sprintf("assumed: claim %q is bound to volume %q; only the cluster knows that", name, volume))
		}
	}
	for _, name := range policy.SecretReferences(pod) {
		f.Secrets[name] = policies.SecretFact{}
		notes = append(notes, fmt.Sprintf("assumed: Secret %q has no key material of the federation; only the webhook reads it", name))
	}
	return notes
}

// pinned is the volume to which the policy requires that a claim is bound, or "".
func pinned(policy *policies.Policy, claim string) string {
	for _, rule := range policy.Source().Spec.Data {
		if rule.ClaimName == claim {
			return rule.VolumeName
		}
	}
	return ""
}

// verifierImage is the image of a pod's flare-verify; "" if it has none.
func verifierImage(pod *corev1.Pod) string {
	if c := pod.Spec.InitContainers; len(c) > 0 && c[0].Name == kitvolume.Verifier {
		return c[0].Image
	}
	return ""
}

// missing names the kits and local/ that no file contains. The verdict treats them as
// absent, although the cluster may have them.
func (s *Snapshot) missing(f *policies.Facts, pod *corev1.Pod) []string {
	const form = "%s %q is in none of the files: give its kit's folder with --kit"
	var notes []string
	for _, name := range policies.References(pod) {
		if _, known := f.Kits[name]; !known && !slices.Contains(s.Absent, name) {
			notes = append(notes, fmt.Sprintf(form, "Secret", name))
		}
	}
	for _, name := range policies.LocalReferences(pod) {
		if _, known := f.Locals[name]; !known && !slices.Contains(s.Absent, name) {
			notes = append(notes, fmt.Sprintf(form, "ConfigMap", name))
		}
	}
	return notes
}
