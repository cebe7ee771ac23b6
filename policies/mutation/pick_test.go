package mutation_test

import (
	"cmp"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

func kitOf(pod *corev1.Pod) string {
	for _, v := range pod.Spec.Volumes {
		if v.Secret != nil {
			return v.Secret.SecretName
		}
	}
	return ""
}

// A job pod gets the kit of its parent, and no other.
func TestPick(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*subject)
		want   string
	}{
		"the parent's":         {func(*subject) {}, policiestest.ClientKit},
		"no parent":            {func(s *subject) { s.facts.Launcher = nil }, ""},
		"an unknown parent":    {func(s *subject) { s.facts.Launcher = &facts.LauncherFact{Error: "gone"} }, ""},
		"a kit that is broken": {func(s *subject) { s.facts.Kits[policiestest.ClientKit] = &facts.KitFact{Error: "x"} }, ""},
		"an unknown kit":       {func(s *subject) { delete(s.facts.Kits, policiestest.ClientKit) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := job(t, "client")
			before := kitOf(s.pod)
			tc.change(&s)
			got := s.mutate(t, s.pod)
			if tc.want == "" && got != s.pod {
				t.Error("a pod without a kit was changed")
			}
			if want := cmp.Or(tc.want, before); kitOf(got) != want {
				t.Errorf("kit %q, want %q", kitOf(got), want)
			}
		})
	}
}

// The copy of another participant's kit stays what it is, for validation to deny.
func TestACopyOfAnotherKit(t *testing.T) {
	s := job(t, "client")
	s.facts.Launcher.KitName = policiestest.ServerKit
	if got := kitOf(s.mutate(t, s.pod)); got != kitOf(s.pod) {
		t.Errorf("the kit %q", got)
	}
}

func TestLeftAlone(t *testing.T) {
	s := launched(t, "client")
	other := policiestest.OtherPod(t)
	if got := s.mutate(t, other); got != other {
		t.Error("a pod that is no participant's")
	}
	delete(s.facts.Kits, policiestest.ClientKit)
	if got := s.mutate(t, s.pod); got != s.pod {
		t.Error("a pod whose kit is not known")
	}
}

// Mutation does not change what the author has set; validation may deny it.
func TestNothingIsOverridden(t *testing.T) {
	s := launched(t, "client")
	s.pod.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = new(true)
	s.pod.Spec.SecurityContext.RunAsUser = new(int64(0))
	got := s.mutate(t, s.pod)
	if !*got.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation || *got.Spec.SecurityContext.RunAsUser != 0 {
		t.Error("overridden")
	}
}

// Mutation keeps the launcher's token, but does not add one.
func TestLauncherKeepsItsToken(t *testing.T) {
	for role, want := range map[string]int{"client": 1, "admin": 0} {
		s := launched(t, role)
		s.pod.Spec.Volumes = append(s.pod.Spec.Volumes, policiestest.JobPod(t, "client").Spec.Volumes[2])
		got := 0
		for _, v := range s.mutate(t, s.pod).Spec.Volumes {
			if v.Projected != nil {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d tokens, want %d", role, got, want)
		}
	}
}
