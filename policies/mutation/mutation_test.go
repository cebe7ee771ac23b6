package mutation_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

var update = flag.Bool("update", false, "write the golden files again")

// subject is a pod with the policy and facts for its mutation.
type subject struct {
	pod    *corev1.Pod
	policy *v1alpha1.SitePolicy
	facts  facts.Facts
}

func (s subject) mutate(t *testing.T, pod *corev1.Pod) *corev1.Pod {
	t.Helper()
	return mutation.Mutate(pod, policiestest.Site(t, s.policy), s.facts)
}

func launched(t *testing.T, role string) subject {
	t.Helper()
	policy := policiestest.Policy(t)
	return subject{policiestest.LaunchPod(t, role), policy, policiestest.Facts(policy)}
}

func job(t *testing.T, role string) subject {
	t.Helper()
	policy := policiestest.JobPolicy(t)
	return subject{policiestest.JobPod(t, role), policy, policiestest.JobFacts(policy, role)}
}

// bare has its participant's kit as a volume, and no more of what launch writes.
func bare(t *testing.T, role, kit string) subject {
	t.Helper()
	s := launched(t, role)
	c := s.pod.Spec.Containers[0]
	s.pod = &corev1.Pod{ObjectMeta: s.pod.ObjectMeta, Spec: corev1.PodSpec{
		ServiceAccountName: s.pod.Spec.ServiceAccountName,
		Containers:         []corev1.Container{{Name: "nvflare", Image: c.Image, Command: c.Command, Args: c.Args}},
	}}
	s.pod.Labels = nil
	s.pod.Spec.Volumes = []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: kit}}}}
	return s
}

// full has data, limits for ephemeral storage and a shared workspace.
func full(t *testing.T) subject {
	t.Helper()
	s := bare(t, "client", policiestest.ClientKit)
	s.policy.Spec.Workspace.ClaimName, s.policy.Spec.Workspace.SubPath = "all", "{participant}"
	s.policy.Spec.Resources.Max["ephemeral-storage"] = resource.MustParse("500Gi")
	s.pod.Spec.Volumes = []corev1.Volume{
		s.pod.Spec.Volumes[0],
		{Name: "ct", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "ct-scans"}}},
		{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	s.pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "ct", MountPath: "/data/ct"}}
	return s
}

// onVolume is the same with kits on a volume.
func onVolume(s subject) subject {
	policiestest.OnVolume(s.policy, &s.facts)
	return s
}

// older has a verifier with another image, like a Deployment from before an upgrade.
func older(t *testing.T) subject {
	t.Helper()
	s := onVolume(launched(t, "client"))
	s.pod = s.mutate(t, s.pod)
	s.pod.Spec.InitContainers[0].Image = "registry.example.org/flare-kit:old"
	s.pod.Spec.InitContainers[0].VolumeMounts = append(s.pod.Spec.InitContainers[0].VolumeMounts, corev1.VolumeMount{Name: "token", MountPath: "/token"})
	return s
}

// withInit already has an init container, which validation will deny.
func withInit(s subject) subject {
	s.pod.Spec.InitContainers = []corev1.Container{{Name: "first", Image: "example.org/x"}}
	return s
}

func subjects(t *testing.T) map[string]subject {
	t.Helper()
	return map[string]subject{
		"launch-server": launched(t, "server"), "launch-client": launched(t, "client"), "launch-admin": launched(t, "admin"),
		"job-server": job(t, "server"), "job-client": job(t, "client"),
		"bare-server": bare(t, "server", policiestest.ServerKit), "bare-client": bare(t, "client", policiestest.ClientKit),
		"bare-admin": bare(t, "admin", policiestest.AdminKit), "full-client": full(t),
		"volume-launch-server": onVolume(launched(t, "server")), "volume-launch-admin": onVolume(launched(t, "admin")),
		"volume-older-client": older(t), "volume-init-client": withInit(onVolume(launched(t, "client"))), "init-client": withInit(launched(t, "client")),
		"volume-job-client": onVolume(job(t, "client")), "volume-bare-client": onVolume(bare(t, "client", policiestest.ClientKit)),
	}
}

func TestMutateGolden(t *testing.T) {
	for name, s := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			before := s.pod.DeepCopy()
			got := s.mutate(t, s.pod)
			if !equality.Semantic.DeepEqual(before, s.pod) {
				t.Error("the pod that came in was changed")
			}
			out, err := yaml.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".yaml", string(out))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Mutating a golden file again does not change it: the API server may call the webhook
// twice.
func TestMutateIsIdempotent(t *testing.T) {
	for name, s := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			pod := &corev1.Pod{}
			if err := yaml.UnmarshalStrict(data, pod); err != nil {
				t.Fatal(err)
			}
			if again := s.mutate(t, pod); again != pod {
				t.Errorf("-once +twice:\n%s", cmp.Diff(pod, again))
			}
		})
	}
}

// The patch makes the result of Mutate, and contains only changes.
func TestPatch(t *testing.T) {
	for name, s := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			want := s.mutate(t, s.pod)
			text, err := mutation.Marshal(mutation.Patch(s.pod, want))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(marshal(t, want), canonical(t, apply(t, marshal(t, s.pod), text))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	s := launched(t, "client")
	s.pod = s.mutate(t, s.pod)
	if ops := mutation.Patch(s.pod, s.mutate(t, s.pod)); ops != nil {
		t.Errorf("a patch of nothing: %v", ops)
	}
}

// The patch keeps fields that the Go types do not have.
func TestPatchKeepsWhatItDoesNotKnow(t *testing.T) {
	s := job(t, "client")
	var raw map[string]any
	if err := json.Unmarshal([]byte(marshal(t, s.pod)), &raw); err != nil {
		t.Fatal(err)
	}
	spec := raw["spec"].(map[string]any)
	spec["volumes"] = append([]any{map[string]any{"name": "new", "cloudy": map[string]any{"x": "y"}}}, spec["volumes"].([]any)...)
	before, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(before, pod); err != nil {
		t.Fatal(err)
	}
	text, err := mutation.Marshal(mutation.Patch(pod, s.mutate(t, pod)))
	if err != nil {
		t.Fatal(err)
	}
	var after map[string]any
	if err := json.Unmarshal([]byte(apply(t, string(before), text)), &after); err != nil {
		t.Fatal(err)
	}
	first := after["spec"].(map[string]any)["volumes"].([]any)[0].(map[string]any)
	if first["cloudy"] == nil {
		t.Errorf("the unknown volume became %v", first)
	}
}

func marshal(t *testing.T, pod *corev1.Pod) string {
	t.Helper()
	out, err := json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func apply(t *testing.T, before string, text []byte) string {
	t.Helper()
	if text == nil {
		return before
	}
	patch, err := jsonpatch.DecodePatch(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := patch.Apply([]byte(before))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(out)
}

// canonical is JSON in the order of the Go types.
func canonical(t *testing.T, text string) string {
	t.Helper()
	pod := &corev1.Pod{}
	if err := json.Unmarshal([]byte(text), pod); err != nil {
		t.Fatal(err)
	}
	return marshal(t, pod)
}
