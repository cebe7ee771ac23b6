package checks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// explain returns the findings by ID.
func (w *world) explain() map[string]checks.Finding {
	all := map[string]checks.Finding{}
	for _, f := range policiestest.Checks(w.t).Explain(checks.NewPod(w.Pod, policiestest.Site(w.t, w.policy), &w.facts, w.request)) {
		all[f.ID] = f
	}
	return all
}

// If a participant's kit is missing, exactly the checks with NeedsKit have no result.
func TestNeedsKit(t *testing.T) {
	w := newWorld(t, "client")
	w.facts.Kits = nil
	free := map[string]bool{
		checks.IDReserved: true, checks.IDVolumes: true, checks.IDClaims: true, checks.IDLauncher: true, checks.IDPodFields: true, checks.IDPlacement: true,
		checks.IDHost: true, checks.IDPodSecurity: true, checks.IDOtherPods: true, checks.IDKeyMaterial: true,
	}
	for id, f := range w.explain() {
		require.Equal(t, !free[id], f.NeedsKit, id)
	}
}

// Each scope applies to certain pods.
func TestScopes(t *testing.T) {
	every := []string{checks.IDReserved, checks.IDVolumes, checks.IDClaims, checks.IDTokens, checks.IDLauncher, checks.IDPodFields, checks.IDPlacement, checks.IDLabels, checks.IDHost, checks.IDPodSecurity, checks.IDRules}
	participants := append([]string{checks.IDKit, checks.IDFramework, checks.IDArgv}, every...)
	for name, tc := range map[string]struct {
		base   string
		change func(*world)
		want   []string
		all    bool
	}{
		"a participant":         {"client", func(*world) {}, nil, true},
		"a job":                 {"job", func(*world) {}, nil, true},
		"an other pod":          {"other", func(*world) {}, append([]string{checks.IDOtherPods, checks.IDKeyMaterial}, every...), false},
		"without its kit":       {"client", func(w *world) { w.facts.Kits = nil }, participants, false},
		"without its process":   {"client", func(w *world) { w.main().Command, w.main().Args = []string{"cat"}, nil }, participants, false},
		"a process without kit": {"other", func(w *world) { w.main().Args = []string{"nvflare.private.fed.app.client.client_train"} }, participants, false},
		"a word of a process":   {"other", func(w *world) { w.main().Args = []string{"-mnvflare.private.x"} }, participants, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.base)
			tc.change(w)
			var applies []string
			for id, f := range w.explain() {
				require.True(t, f.Applies || len(f.Results) == 0, id)
				if f.Applies {
					applies = append(applies, id)
				}
			}
			if tc.all {
				require.Len(t, applies, len(checks.All())-2, "all but those of other pods")
				require.NotSubset(t, applies, []string{checks.IDOtherPods, checks.IDKeyMaterial})
				return
			}
			require.ElementsMatch(t, tc.want, applies)
		})
	}
}

// Break-glass gives access to a participant's pod, but not to the node.
func TestFloor(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*world)
		want   string
	}{
		"nothing wrong":     {func(*world) {}, ""},
		"another image":     {func(w *world) { w.main().Image = "busybox" }, ""},
		"another command":   {func(w *world) { w.main().Args = nil }, ""},
		"the host's net":    {func(w *world) { w.Spec.HostNetwork = true }, checks.IDHost},
		"a writable root":   {func(w *world) { w.main().SecurityContext.ReadOnlyRootFilesystem = nil }, checks.IDPodSecurity},
		"another's volumes": {func(w *world) { w.addVolume("x", claim("server1-workspace")) }, checks.IDVolumes},
	} {
		w := newWorld(t, "client")
		tc.change(w)
		results := checks.Floor(checks.NewPod(w.Pod, policiestest.Site(t, w.policy), &w.facts, w.request))
		if tc.want == "" {
			require.Empty(t, results, name)
			continue
		}
		require.NotEmpty(t, results, name)
		require.Equal(t, tc.want, results[0].ID, name)
	}
}

// Exec, attach, port-forward and proxy depend on the pod's role.
func TestInteractive(t *testing.T) {
	for name, tc := range map[string]struct {
		base, subresource string
		change            func(*world)
		want              string
	}{
		"a client": {"client", "exec", func(*world) {}, "has the role client"},
		"a client, opened": {"client", "exec", func(w *world) {
			w.policy.Spec.Privacy.InteractiveAccess.PodRoles = append(w.policy.Spec.Privacy.InteractiveAccess.PodRoles, "client")
		}, ""},
		"an admin":            {"admin", "exec", func(*world) {}, ""},
		"an admin, closed":    {"admin", "portforward", func(w *world) { w.policy.Spec.Privacy = nil }, "add admin to spec.privacy.interactiveAccess.podRoles of the policy"},
		"a job":               {"job", "attach", func(*world) {}, "has the role job"},
		"an unknown kit":      {"admin", "exec", func(w *world) { w.facts.Kits = nil }, "is missing or not genuine"},
		"an other pod":        {"other", "exec", func(*world) {}, ""},
		"another's workspace": {"other", "exec", func(w *world) { w.addVolume("x", claim("server1-workspace")) }, "mounts the site's data, kits or a workspace"},
		"a receiver":          {"volume/other", "attach", receiver(), ""},
		"into a receiver":     {"volume/other", "exec", receiver(), "mounts the site's data, kits or a workspace"},
	} {
		t.Run(name, func(t *testing.T) {
			w := worldOf(t, tc.base)
			tc.change(w)
			results := checks.Interactive(checks.NewPod(w.Pod, policiestest.Site(t, w.policy), &w.facts, w.request), tc.subresource)
			if tc.want == "" {
				require.Empty(t, results)
				return
			}
			require.Len(t, results, 1)
			require.Equal(t, tc.subresource, results[0].Field)
			require.Contains(t, results[0].String(), tc.want)
		})
	}
}
