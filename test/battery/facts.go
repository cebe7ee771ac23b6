package battery

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
)

// facts are what the webhook would look up for a pod. With candidates it also
// knows the kits that other pods of the namespace mount, as mutation does.
func (w *World) facts(pod *corev1.Pod, candidates bool) policies.Facts {
	f := policies.Facts{
		Now: time.Now(), PolicyName: w.PolicyName, KitImage: KitImage,
		Kits: map[string]policies.KitFact{}, Locals: map[string]policies.LocalFact{}, Claims: map[string]policies.ClaimFact{},
	}
	if w.Policy == nil || pod == nil {
		return f
	}
	w.lookAt(&f, pod)
	if candidates && policies.WantsKit(pod) {
		for _, other := range w.Pods {
			w.lookAt(&f, other)
		}
	}
	return f
}

func (w *World) lookAt(f *policies.Facts, pod *corev1.Pod) {
	for _, name := range policies.References(pod) {
		f.Kits[name] = policies.KitFact{Error: "the Secret does not exist", Absent: true}
		for _, s := range w.Secrets {
			if s.Name == name {
				f.Kits[name] = kitfact.Under(frameworks.Default(), &w.Policy.Spec, s)
			}
		}
	}
	for _, name := range policies.LocalReferences(pod) {
		f.Locals[name] = policies.LocalFact{Error: "the ConfigMap does not exist", Absent: true}
		for _, m := range w.ConfigMaps {
			if m.Name == name {
				f.Locals[name] = kitfact.OfConfigMap(m)
			}
		}
	}
	for _, name := range policies.ClaimReferences(pod, w.Policy) {
		for _, c := range w.Claims {
			if c.Name == name {
				f.Claims[name] = policies.ClaimFact{VolumeName: c.Spec.VolumeName}
			}
		}
	}
}

// targets are the pods that a CONNECT reaches.
func (w *World) targets(resource, name string) []*corev1.Pod {
	if resource == "services" {
		return w.selected(name)
	}
	for _, pod := range w.Pods {
		if pod.Name == name {
			return []*corev1.Pod{pod}
		}
	}
	return nil
}

func (w *World) selected(service string) []*corev1.Pod {
	for _, s := range w.Services {
		if s.Name != service || len(s.Spec.Selector) == 0 {
			continue
		}
		found := []*corev1.Pod{}
		for _, pod := range w.Pods {
			if labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(pod.Labels)) {
				found = append(found, pod)
			}
		}
		return found
	}
	return nil
}
