// Package mutation adds to a pod what the policy requires and its author omitted. It is
// only for convenience: validation evaluates the final object and does not rely on this
// package.
package mutation

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Mutate returns the pod itself if there is nothing to change, and otherwise a changed
// copy. It is pure and idempotent: Mutate(Mutate(p)) is Mutate(p). It does not change
// pods whose participant is unknown.
func Mutate(pod *corev1.Pod, site *compiled.Policy, f facts.Facts) *corev1.Pod {
	if changed := mutate(pod, site, f); len(Patch(pod, changed)) > 0 {
		return changed
	}
	return pod
}

// PatchFor is the patch from a pod to the result of Mutate.
func PatchFor(pod *corev1.Pod, site *compiled.Policy, f facts.Facts) []Operation {
	return Patch(pod, mutate(pod, site, f))
}

// mutate returns a copy, which may be equal, or the pod itself.
func mutate(pod *corev1.Pod, site *compiled.Policy, f facts.Facts) *corev1.Pod {
	name, kit := pick(pod, site, &f)
	if kit == nil {
		return pod
	}
	m := newMutation(pod.DeepCopy(), site, &f, name, kit)
	m.run()
	return m.pod
}

// mutation is the state of one call of Mutate.
type mutation struct {
	pod     *corev1.Pod
	site    *compiled.Policy
	policy  *v1alpha1.SitePolicySpec
	facts   *facts.Facts
	kitName string
	kit     *facts.KitFact
	owner   compiled.Participant
	// files are the files of startup/ that the participant needs.
	files []string
	// parts are the containers with their demands. It is empty unless the pod has
	// exactly the containers that its profile requires.
	parts []part
	// role is the pod's role.
	role v1alpha1.Role
	// launcher says that the pod makes job pods, and needs a token for that.
	launcher bool
}

// part is a container with its demands.
type part struct {
	*corev1.Container
	demand *profiles.Container
}

func newMutation(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts, name string, kit *facts.KitFact) *mutation {
	p := checks.NewPodWithKit(pod, site, f, name, kit)
	m := &mutation{
		pod: pod, site: site, policy: site.Spec(), facts: f, kitName: name, kit: kit,
		owner: site.Participant(kit.Participant), files: p.KitFiles(), role: p.Role(), launcher: p.Launches(),
	}
	if !p.Complete() {
		return m
	}
	for c := range checks.Containers(p.Spec) {
		if d := p.Demand(c); d != nil {
			m.parts = append(m.parts, part{c.Container, d})
		}
	}
	return m
}

func (m *mutation) run() {
	m.labels()
	m.images()
	m.harden()
	m.dropToken()
	m.dropServiceLinks()
	if m.kit.Volume == nil {
		m.rewriteDerived()
	}
	for _, c := range m.parts {
		m.addWorkspace(c)
		m.addKit(c)
		m.addLocal(c)
		m.addScratch(c)
		c.demand.Complete(c.Container)
	}
	if len(m.parts) > 0 {
		m.limits()
		m.addReference()
	}
	m.readOnly()
}

// each visits all containers that a new pod can have.
func (m *mutation) each(visit func(*corev1.Container)) {
	for i := range m.pod.Spec.InitContainers {
		visit(&m.pod.Spec.InitContainers[i])
	}
	for i := range m.pod.Spec.Containers {
		visit(&m.pod.Spec.Containers[i])
	}
}
