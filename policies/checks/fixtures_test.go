package checks_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// fixture is the smallest pair for a check: an allowed pod, and one change after which
// only this check denies it.
type fixture struct {
	base    string
	invalid func(*world)
}

func fixtures() map[string]fixture {
	env := func(w *world) { w.main().WorkingDir = "/workspace" }
	return map[string]fixture{
		checks.IDKit: {"client", func(w *world) { w.changeKit(func(k *facts.KitFact) { k.Immutable = false }) }},
		checks.IDFramework: {"client", func(w *world) {
			w.policy.Spec.Frameworks = []v1alpha1.FrameworkRule{{Name: "nvflare", Versions: ">=3"}}
		}},
		checks.IDReserved: {"client", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "flare-local-server1-x"}}})
			w.facts.Locals["flare-local-server1-x"] = policiestest.LocalFact("server1", "lab", nvflare.RoleServer)
		}},
		checks.IDKitMount:    {"client", func(w *world) { w.mount("startup").ReadOnly = false }},
		checks.IDVerifier:    {"volume/client", func(w *world) { w.volume("startup").EmptyDir.Medium = "" }},
		checks.IDLocal:       {"client", func(w *world) { w.volume("local").ConfigMap.Optional = new(true) }},
		checks.IDContainers:  {"client", func(w *world) { w.Spec.ShareProcessNamespace = new(true) }},
		checks.IDImages:      {"client", func(w *world) { w.main().Image = repository + another }},
		checks.IDPullSecrets: {"client", func(w *world) { w.Spec.ImagePullSecrets[0].Name = "mine" }},
		checks.IDArgv:        {"client", func(w *world) { w.main().Args[10] = "org=evil" }},
		checks.IDEnvironment: {"client", env},
		checks.IDVolumes: {"other", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{
				Spec: corev1.PersistentVolumeClaimSpec{VolumeName: "pv-17"},
			}}})
		}},
		checks.IDMounts: {"client", func(w *world) { w.mount("local").ReadOnly = false }},
		checks.IDWorkspace: {"client", func(w *world) {
			w.policy.Spec.Workspace.SubPath = "{participant}"
			w.mount("workspace").SubPath = "site-1"
		}},
		checks.IDData: {"client", func(w *world) {
			w.addVolume("ct", claim("ct-scans"))
			w.addMount("ct", "/data/elsewhere", readOnly)
		}},
		checks.IDClaims: {"other", func(w *world) {
			w.addVolume("x", claim("mine"))
			w.facts.Claims["mine"] = facts.ClaimFact{VolumeName: "pv-17"}
		}},
		checks.IDTokens:      {"other", func(w *world) { w.Spec.ServiceAccountName = w.policy.Spec.Launchers[0].ServiceAccountName }},
		checks.IDLauncher:    {"job", func(w *world) { w.request.User = "alice" }},
		checks.IDPodFields:   {"client", func(w *world) { w.Spec.Hostname = "server1" }},
		checks.IDPlacement:   {"client", func(w *world) { w.Spec.RuntimeClassName = new("nvidia") }},
		checks.IDLabels:      {"other", func(w *world) { w.Labels = map[string]string{"kubectl-flare.dev/role": "server"} }},
		checks.IDHost:        {"other", func(w *world) { w.policy.Spec.PodSecurity.Level = "privileged"; w.Spec.HostNetwork = true }},
		checks.IDPodSecurity: {"client", func(w *world) { w.main().SecurityContext.ReadOnlyRootFilesystem = nil }},
		checks.IDUser:        {"client", func(w *world) { w.Spec.SecurityContext.FSGroup = new(int64(7)) }},
		checks.IDResources:   {"client", func(w *world) { delete(w.main().Resources.Limits, "cpu") }},
		checks.IDKeyMaterial: {"other", func(w *world) { w.addVolume("x", secret("unsealed")) }},
		checks.IDRules: {"other", func(w *world) {
			w.policy.Spec.Rules = []v1alpha1.CELRule{{Name: "participants-only", Expression: "kit != null"}}
		}},
		checks.IDOtherPods: {"other", func(w *world) { w.addVolume("x", claim("ct-scans")) }},
	}
}

// Every check has a fixture that no other check denies: if the check was removed, the
// fixture would be allowed.
func TestFixtures(t *testing.T) {
	all := fixtures()
	require.Len(t, all, len(checks.All()))
	for i, check := range checks.All() {
		t.Run(check.ID, func(t *testing.T) {
			f, ok := all[check.ID]
			require.True(t, ok, "the check has no fixture")
			w := worldOf(t, f.base)
			require.Empty(t, w.run())
			f.invalid(w)
			results := w.run()
			require.NotEmpty(t, results)
			for _, r := range results {
				require.Equal(t, check.ID, r.ID, r.String())
			}
			others := checks.All()
			rest, err := checks.NewRegistry(append(others[:i:i], others[i+1:]...)...)
			require.NoError(t, err)
			require.Empty(t, rest.Run(checks.NewPod(w.Pod, policiestest.Site(t, w.policy), &w.facts, w.request)))
		})
	}
}

func TestRegistry(t *testing.T) {
	none := func(*checks.Pod) []checks.Result { return nil }
	for name, tc := range map[string]struct {
		checks []checks.Check
		want   string
	}{
		"all":               {checks.All(), ""},
		"nothing":           {nil, ""},
		"without an ID":     {[]checks.Check{{Run: none}}, "needs an ID and a function"},
		"without a run":     {[]checks.Check{{ID: "a"}}, "needs an ID and a function"},
		"twice":             {[]checks.Check{{ID: "a", Run: none}, {ID: "b", Run: none}, {ID: "a", Scope: checks.Others, Run: none}}, `check "a": registered twice`},
		"verified, no kit":  {[]checks.Check{{ID: "a", Scope: checks.Verified, Run: none}}, "it must set NeedsKit"},
		"verified, its kit": {[]checks.Check{{ID: "a", Scope: checks.Verified, NeedsKit: true, Run: none}}, ""},
	} {
		_, err := checks.NewRegistry(tc.checks...)
		if tc.want == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, tc.want, name)
		}
	}
}
