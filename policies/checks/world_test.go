package checks_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// world is a valid pod with its policy and facts. A test makes one change.
type world struct {
	*corev1.Pod
	policy  *v1alpha1.SitePolicy
	facts   facts.Facts
	request checks.Request
	t       *testing.T
}

// newWorld has the pods server, client, admin, job (of a client) and other.
func newWorld(t *testing.T, base string) *world {
	t.Helper()
	w := &world{t: t, policy: policiestest.Policy(t), request: checks.Request{
		Namespace: policiestest.Namespace, User: "system:serviceaccount:kube-system:replicaset-controller", Create: true,
	}}
	w.facts = policiestest.Facts(w.policy)
	switch base {
	case "other":
		w.Pod = policiestest.OtherPod(t)
		return w
	case "job":
		w.policy.Spec.Workspace.MountPath = "/var/tmp/nvflare/workspace"
		w.request.User = policiestest.LauncherUser
		w.facts = policiestest.JobFacts(w.policy, "client")
		w.Pod = policiestest.JobPod(t, "client")
	default:
		w.Pod = policiestest.LaunchPod(t, base)
	}
	w.Pod = mutation.Mutate(w.Pod, policiestest.Site(t, w.policy), w.facts)
	return w
}

// onVolume is the same with kits on a volume.
func onVolume(t *testing.T, base string) *world {
	t.Helper()
	w := newWorld(t, base)
	policiestest.OnVolume(w.policy, &w.facts)
	w.Pod = mutation.Mutate(w.Pod, policiestest.Site(t, w.policy), w.facts)
	return w
}

// run adds that claims and Secrets which no test knows do not exist. Without facts, nothing
// can be looked up.
func (w *world) run() []checks.Result {
	for ref := range checks.References(&w.Spec) {
		if _, known := w.facts.Secrets[ref.Name]; !known && w.facts.Secrets != nil {
			w.facts.Secrets[ref.Name] = facts.SecretFact{Error: "does not exist", Absent: true}
		}
	}
	for i := range w.Spec.Volumes {
		claim := checks.ClaimOf(w.Name, &w.Spec.Volumes[i])
		if claim == "" || w.facts.Claims == nil {
			continue
		}
		pinned := slices.ContainsFunc(w.policy.Spec.Data, func(r v1alpha1.DataRule) bool { return r.ClaimName == claim && r.VolumeName != "" })
		if _, known := w.facts.Claims[claim]; !known && !pinned {
			w.facts.Claims[claim] = facts.ClaimFact{Error: "does not exist", Absent: true}
		}
	}
	return policiestest.Checks(w.t).Run(checks.NewPod(w.Pod, policiestest.Site(w.t, w.policy), &w.facts, w.request))
}

// main is the pod's first container.
func (w *world) main() *corev1.Container { return &w.Spec.Containers[0] }

// volume finds a volume by its name.
func (w *world) volume(name string) *corev1.Volume {
	i := slices.IndexFunc(w.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
	return &w.Spec.Volumes[i]
}

// mount finds the main container's first mount of a volume.
func (w *world) mount(volume string) *corev1.VolumeMount {
	i := slices.IndexFunc(w.main().VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
	return &w.main().VolumeMounts[i]
}

func (w *world) addVolume(name string, source corev1.VolumeSource) {
	w.Spec.Volumes = append(w.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
}

func (w *world) addMount(name, path string, change ...func(*corev1.VolumeMount)) {
	m := corev1.VolumeMount{Name: name, MountPath: path}
	for _, f := range change {
		f(&m)
	}
	w.main().VolumeMounts = append(w.main().VolumeMounts, m)
}

func (w *world) addEnv(name, value string) {
	w.main().Env = append(w.main().Env, corev1.EnvVar{Name: name, Value: value})
}

// changeKit changes a fact about the client's kit. Its local/ is sealed for the changed kit.
func (w *world) changeKit(change func(*facts.KitFact)) {
	k := w.facts.Kits[policiestest.ClientKit]
	change(k)
	w.facts.Kits[policiestest.ClientKit] = k
	for name, local := range w.facts.Locals {
		if checks.IsLocalName(name, k.Participant) {
			local.Identity = k.Identity()
			w.facts.Locals[name] = local
		}
	}
}

// claim makes a source of a PersistentVolumeClaim.
func claim(name string) corev1.VolumeSource {
	return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
}

func readOnly(m *corev1.VolumeMount) { m.ReadOnly = true }

func subPath(path string) func(*corev1.VolumeMount) {
	return func(m *corev1.VolumeMount) { m.SubPath = path }
}

// testCase changes a pod. want are the failures that it must cause, each "check: text in
// its message", and no others. None means that the pod stays allowed.
type testCase struct {
	base   string
	change func(*world)
	want   []string
}

func runCases(t *testing.T, cases map[string]testCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := worldOf(t, tc.base)
			if results := w.run(); len(results) > 0 {
				t.Fatalf("denied before the change: %v", results)
			}
			tc.change(w)
			compare(t, w.run(), tc.want)
		})
	}
}

// worldOf has newWorld's pods and, with the prefix "volume/", those of onVolume.
func worldOf(t *testing.T, base string) *world {
	t.Helper()
	if pod, ok := strings.CutPrefix(base, "volume/"); ok {
		return onVolume(t, pod)
	}
	return newWorld(t, base)
}

func compare(t *testing.T, results []checks.Result, want []string) {
	t.Helper()
	for _, expected := range want {
		id, text, _ := strings.Cut(expected, ": ")
		match := func(r checks.Result) bool { return r.ID == id && strings.Contains(r.String(), text) }
		if !slices.ContainsFunc(results, match) {
			t.Errorf("no failure of %s with %q", id, text)
		}
	}
	for _, r := range results {
		expected := func(w string) bool { return strings.HasPrefix(w, r.ID+": ") }
		if !slices.ContainsFunc(want, expected) {
			t.Errorf("unexpected: %s: %s", r.ID, r)
		}
		if r.Reason == "" || r.Fix == "" || r.Field == "" || strings.ContainsAny(r.String(), "\n\r") {
			t.Errorf("a result needs a field, a reason and a fix on one line: %+v", r)
		}
	}
	if t.Failed() {
		t.Logf("all results: %v", results)
	}
}
