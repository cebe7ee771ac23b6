// Package profilestest has the tests that every profile must pass: its own pods are
// allowed, and denied after any single change.
package profilestest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Suite is a profile with pods of its framework.
type Suite struct {
	Profile profiles.Profile
	// Others are profiles that must not recognise the pods.
	Others []profiles.Profile
	// Pods has at least one pod of every process of the profile.
	Pods []Pod
}

// Pod is a pod as the API server sends it to the mutating webhook, with a policy and facts
// under which it is valid.
type Pod struct {
	Name   string
	Pod    *corev1.Pod
	Policy *v1alpha1.SitePolicy
	Facts  policies.Facts
	// User creates the pod.
	User string
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Helper()
	require.NotEmpty(t, s.Pods)
	for i := range s.Pods {
		p := &s.Pods[i]
		t.Run(p.Name, func(t *testing.T) {
			site := s.compile(t, p)
			pod := site.Mutate(p.Pod, p.Facts)
			require.Empty(t, message(site, p, pod), "the pod must be allowed")
			require.Same(t, pod, site.Mutate(pod, p.Facts), "mutation must be idempotent")
			for name, change := range changes(pod) {
				broken := pod.DeepCopy()
				change(&broken.Spec)
				require.NotEmpty(t, message(site, p, broken), "%s is allowed", name)
			}
			for name, change := range podChanges() {
				broken := pod.DeepCopy()
				change(&broken.Spec)
				require.NotEmpty(t, message(site, p, broken), "%s is allowed", name)
			}
			s.listedVariable(t, p, pod)
			s.exclusive(t, pod)
			s.deterministic(t, pod)
		})
	}
	t.Run("random containers", s.random)
}

func (s *Suite) compile(t *testing.T, p *Pod) *policies.Policy {
	t.Helper()
	known, err := profiles.NewRegistry(append([]profiles.Profile{s.Profile}, s.Others...)...)
	require.NoError(t, err)
	all, err := checks.NewRegistry(checks.All()...)
	require.NoError(t, err)
	catalog, err := policies.NewCatalog(known, frameworks.Default(), all)
	require.NoError(t, err)
	site, errs := policies.Compile(p.Policy, catalog)
	require.Empty(t, errs)
	return site
}

// message says why the pod is denied. It is empty if it is allowed.
func message(site *policies.Policy, p *Pod, pod *corev1.Pod) string {
	return site.Evaluate(policies.Review{
		Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"}, Namespace: pod.Namespace, Name: pod.Name,
		Object: pod, User: authenticationv1.UserInfo{Username: p.User},
	}, p.Facts).Message()
}

// exclusive requires that this profile recognises the process, and no other does.
func (s *Suite) exclusive(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	for i := range pod.Spec.Containers {
		process, _ := s.Profile.Recognise(&pod.Spec.Containers[i])
		require.NotEqual(t, profiles.KindNone, process.Kind, "container %d is not recognised", i)
		for _, other := range s.Others {
			_, ok := other.Recognise(&pod.Spec.Containers[i])
			require.False(t, ok, "%[2]s recognises container %[1]d too", i, other.Framework())
		}
	}
}

// deterministic requires that the same container always has the same results, and that
// evaluating it does not change it.
func (s *Suite) deterministic(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	before := pod.DeepCopy()
	id := profiles.Identity{Participant: "p", Org: "o", Role: s.Profile.Roles()[0], Workspace: "/workspace", Pod: "x"}
	for i := range pod.Spec.Containers {
		c := &pod.Spec.Containers[i]
		process, ok := s.Profile.Recognise(c)
		again, okAgain := s.Profile.Recognise(c)
		require.True(t, process == again && ok == okAgain)
		one, two := s.Profile.Demands(process, id), s.Profile.Demands(process, id)
		require.Len(t, two.Containers, len(one.Containers))
		require.Equal(t, one.KitFiles, two.KitFiles)
		for j := range one.Containers {
			a, b := &one.Containers[j], &two.Containers[j]
			require.True(t, a.Process == b.Process && slices.Equal(a.Paths, b.Paths))
			require.Equal(t, a.Grammar.Argv(c), b.Grammar.Argv(c))
			require.Equal(t, a.Grammar.Environment(c), b.Grammar.Environment(c))
		}
	}
	require.Empty(t, cmp.Diff(before, pod))
}
