package mutation_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
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

// second adds another kit of Site_2 to the facts.
func second(s subject, serial int64, change func(*facts.KitFact)) string {
	k := s.facts.Kits[policiestest.ClientKit]
	k.Digest, k.Serial = strings.Repeat("d4", 32), serial
	if change != nil {
		change(&k)
	}
	name := "flare-kit-site-2-809cb9ad-" + strings.Repeat("d4", 16)
	s.facts.Kits[name] = k
	return name
}

func TestPick(t *testing.T) {
	newer := "flare-kit-site-2-809cb9ad-" + strings.Repeat("d4", 16)
	for name, tc := range map[string]struct {
		change func(*subject)
		want   string
	}{
		"the only one":      {func(*subject) {}, policiestest.ClientKit},
		"the newest":        {func(s *subject) { second(*s, 8, nil) }, newer},
		"an older one":      {func(s *subject) { second(*s, 6, nil) }, policiestest.ClientKit},
		"of equals":         {func(s *subject) { second(*s, 7, nil) }, policiestest.ClientKit},
		"the newest broken": {func(s *subject) { second(*s, 8, func(k *facts.KitFact) { k.Error = "x" }) }, policiestest.ClientKit},
		"the newest revoked": {func(s *subject) {
			second(*s, 8, func(k *facts.KitFact) {
				k.Terms.Fixed = kit.Findings{kit.Fail(acceptance.CheckRevoked, "", "use another", "revoked")}
			})
		}, policiestest.ClientKit},
		"none is valid":                {func(s *subject) { delete(s.facts.Kits, policiestest.ClientKit) }, ""},
		"another label":                {func(s *subject) { s.pod.Labels["kubectl-flare.dev/participant"] = "site-3" }, ""},
		"an empty label":               {func(s *subject) { s.pod.Labels["kubectl-flare.dev/participant"] = "" }, ""},
		"object name of a valid label": {func(s *subject) { s.pod.Labels["kubectl-flare.dev/participant"] = "site-2-809cb9ad" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := bare(t, "client", "Site_2")
			tc.change(&s)
			got := s.mutate(t, s.pod)
			if kitOf(got) != tc.want {
				t.Errorf("kit %q, want %q", kitOf(got), tc.want)
			}
			if tc.want == "" && got != s.pod {
				t.Error("a pod without a kit was changed")
			}
		})
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
	for role, want := range map[string]int{"client": 1, "server": 0} {
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
