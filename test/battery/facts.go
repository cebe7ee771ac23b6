package battery

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
)

// facts are what the webhook would look up for a pod.
func (snap *Snapshot) facts(pod *corev1.Pod) policies.Facts {
	f := policies.Facts{
		Now: time.Now(), PolicyName: snap.PolicyName, KitImage: KitImage,
		Kits: map[string]*policies.KitFact{}, Locals: map[string]policies.LocalFact{}, Claims: map[string]policies.ClaimFact{}, Secrets: map[string]policies.SecretFact{},
	}
	if !snap.Site.Valid() || pod == nil {
		return f
	}
	snap.lookAt(&f, pod)
	return f
}

// launcher adds the pod that the token of a launcher is bound to, and its kit.
func (c *Case) launcher(f *policies.Facts, site *policies.Policy) {
	name, uid, ok := site.BoundPod(&c.Review)
	if !ok || name == "" {
		return
	}
	f.Launcher = &policies.LauncherFact{Error: fmt.Sprintf("the pod %q does not exist", name)}
	for _, pod := range c.Snapshot.Pods {
		if pod.Name == name && pod.UID == uid {
			f.Launcher = policies.LauncherPod(pod)
			c.Snapshot.lookAt(f, pod)
		}
	}
}

func (snap *Snapshot) lookAt(f *policies.Facts, pod *corev1.Pod) {
	for _, name := range policies.References(pod) {
		f.Kits[name] = &policies.KitFact{Error: "the Secret does not exist", Absent: true}
		for _, s := range snap.Secrets {
			if s.Name == name {
				f.Kits[name] = snap.kitFact(s)
			}
		}
	}
	for _, name := range policies.LocalReferences(pod) {
		f.Locals[name] = policies.LocalFact{Error: "the ConfigMap does not exist", Absent: true}
		for _, m := range snap.ConfigMaps {
			if m.Name == name {
				f.Locals[name] = snap.localFact(m)
			}
		}
	}
	snap.others(f, pod)
	snap.claims(f, policies.ClaimReferences(pod))
}

// claims looks up to which volumes claims are bound.
func (snap *Snapshot) claims(f *policies.Facts, names []string) {
	for _, name := range names {
		f.Claims[name] = policies.ClaimFact{Error: "the PersistentVolumeClaim does not exist", Absent: true}
		for _, c := range snap.Claims {
			if c.Name == name {
				f.Claims[name] = policies.ClaimFact{VolumeName: c.Spec.VolumeName}
			}
		}
	}
}

// others looks for key material in Secrets that are no kits.
func (snap *Snapshot) others(f *policies.Facts, pod *corev1.Pod) {
	for _, name := range snap.Site.SecretReferences(pod) {
		f.Secrets[name] = policies.SecretFact{Error: "the Secret does not exist", Absent: true}
		for _, s := range snap.Secrets {
			if s.Name == name {
				f.Secrets[name], _ = kitfact.KeyMaterial(s, snap.Policy.Spec.Kits.TrustRoots, nil)
			}
		}
	}
}

// targets are the pods that a CONNECT reaches.
func (snap *Snapshot) targets(resource, name string) []*corev1.Pod {
	if resource == "services" {
		return snap.selected(name)
	}
	for _, pod := range snap.Pods {
		if pod.Name == name {
			return []*corev1.Pod{pod}
		}
	}
	return nil
}

func (snap *Snapshot) selected(service string) []*corev1.Pod {
	for _, s := range snap.Services {
		if s.Name != service || len(s.Spec.Selector) == 0 {
			continue
		}
		found := []*corev1.Pod{}
		for _, pod := range snap.Pods {
			if labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(pod.Labels)) {
				found = append(found, pod)
			}
		}
		return found
	}
	return nil
}
