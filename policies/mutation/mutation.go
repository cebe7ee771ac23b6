// Package mutation adds to a pod what the policy demands and its author left
// out. It is convenience: validation looks at the final object alone and trusts
// nothing that was added here.
package mutation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Mutate returns the pod itself when there is nothing to change, else a changed
// copy. It is pure and idempotent: Mutate(Mutate(p)) is Mutate(p). Pods of which
// it is not known whose they are stay as they are.
func Mutate(pod *corev1.Pod, policy *v1alpha1.SitePolicy, f facts.Facts) *corev1.Pod {
	if policy == nil {
		return pod
	}
	name, kit := pick(pod, &f)
	if kit == nil {
		return pod
	}
	m := newMutation(pod.DeepCopy(), policy, &f, name, kit)
	m.run()
	if equality.Semantic.DeepEqual(pod.Spec, m.pod.Spec) {
		return pod
	}
	return m.pod
}

// mutation is one pod on its way.
type mutation struct {
	pod     *corev1.Pod
	policy  *v1alpha1.SitePolicySpec
	facts   *facts.Facts
	kitName string
	kit     *facts.KitFact
	profile profiles.Profile
	process profiles.Process
	paths   []profiles.Path
	// launcher says that the pod is the parent that makes job pods.
	launcher bool
}

func newMutation(pod *corev1.Pod, policy *v1alpha1.SitePolicy, f *facts.Facts, name string, kit *facts.KitFact) *mutation {
	p := checks.NewPod(pod, policy, f, checks.Request{})
	m := &mutation{pod: pod, policy: &policy.Spec, facts: f, kitName: name, kit: kit, profile: p.Profile, process: p.Process}
	m.paths = m.profile.Paths(m.process, profiles.Identity{
		Participant: kit.Participant, Org: kit.Org, Role: kit.Role, Workspace: m.policy.Workspace.MountPath, Pod: pod.Name,
	})
	m.launcher = p.IsLauncher()
	return m
}

func (m *mutation) run() {
	m.images()
	m.harden()
	m.dropToken()
	if m.kit.Volume == nil {
		m.rewriteDerived()
	}
	if m.process.Kind != profiles.KindNone && len(m.pod.Spec.Containers) == 1 {
		m.addWorkspace()
		if m.kit.Volume == nil {
			m.addKit()
		} else {
			m.addVerified()
		}
		m.addLocal()
		m.addScratch()
		m.limits()
	}
	m.readOnly()
}

// main is the participant's container.
func (m *mutation) main() *corev1.Container { return &m.pod.Spec.Containers[0] }

// each visits all containers that a pod can have when it is made.
func (m *mutation) each(visit func(*corev1.Container)) {
	for i := range m.pod.Spec.InitContainers {
		visit(&m.pod.Spec.InitContainers[i])
	}
	for i := range m.pod.Spec.Containers {
		visit(&m.pod.Spec.Containers[i])
	}
}
