package checks_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func (w *world) verifier() *corev1.Container { return &w.Spec.InitContainers[0] }

func TestVerifier(t *testing.T) {
	arg := func(i int, word string) func(*world) { return func(w *world) { w.verifier().Args[i] = word } }
	mounts := func(change func([]corev1.VolumeMount) []corev1.VolumeMount) func(*world) {
		return func(w *world) { w.verifier().VolumeMounts = change(w.verifier().VolumeMounts) }
	}
	runCases(t, map[string]testCase{
		"a server's":      {"volume/server", func(*world) {}, nil},
		"an admin's":      {"volume/admin", func(*world) {}, nil},
		"a job's":         {"volume/job", func(*world) {}, nil},
		"more memory":     {"volume/client", func(w *world) { w.verifier().Resources.Limits["memory"] = resource.MustParse("1Gi") }, nil},
		"none":            {"volume/client", func(w *world) { w.Spec.InitContainers = nil }, []string{"flare-verify: the kit is not verified", "mounts: nothing may be mounted there", "volumes: "}},
		"another image":   {"volume/client", func(w *world) { w.verifier().Image = repository + digest }, []string{"flare-verify: (spec.initContainers[0].image)"}},
		"a tag":           {"volume/client", func(w *world) { w.verifier().Image = "registry.example.org/flare-kit:latest" }, []string{"flare-verify: initContainers[0].image"}},
		"another digest":  {"volume/client", arg(1, "--digest="+strings.Repeat("0", 64)), []string{"flare-verify: initContainers[0].args"}},
		"another folder":  {"volume/client", arg(2, "--from=/startup"), []string{"flare-verify: initContainers[0].args"}},
		"another verb":    {"volume/client", arg(0, "receive"), []string{"flare-verify: initContainers[0].args"}},
		"another program": {"volume/client", func(w *world) { w.verifier().Command = []string{"/bin/true"} }, []string{"flare-verify: initContainers[0].command"}},
		"a variable":      {"volume/client", func(w *world) { w.verifier().Env = []corev1.EnvVar{{Name: "GODEBUG", Value: "x"}} }, []string{"flare-verify: as the webhook writes it"}},
		"as a sidecar":    {"volume/client", func(w *world) { w.verifier().RestartPolicy = new(corev1.ContainerRestartPolicyAlways) }, []string{"flare-verify: as the webhook writes it", "resources: more than"}},
		"on no failure":   {"volume/client", func(w *world) { w.verifier().RestartPolicyRules = []corev1.ContainerRestartRule{{}} }, []string{"flare-verify: as the webhook writes it"}},
		"a hook":          {"volume/client", func(w *world) { w.verifier().Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{}} }, []string{"flare-verify: as the webhook", "environment: lifecycle"}},
		"a mount more": {"volume/client", mounts(func(m []corev1.VolumeMount) []corev1.VolumeMount {
			return append(m, corev1.VolumeMount{Name: "tmp", MountPath: "/x"})
		}), []string{"flare-verify: volumeMounts"}},
		"a mount less":     {"volume/client", mounts(func(m []corev1.VolumeMount) []corev1.VolumeMount { return m[:2] }), []string{"flare-verify: volumeMounts", "kit-mount: is not mounted", "mounts: nothing may be"}},
		"another sub-path": {"volume/client", mounts(func(m []corev1.VolumeMount) []corev1.VolumeMount { m[0].SubPath = "site-1"; return m }), []string{"flare-verify: volumeMounts"}},
		"a writable claim": {"volume/client", func(w *world) { w.volume("kit").PersistentVolumeClaim.ReadOnly = false }, []string{"flare-verify: read-only"}},
		"another claim":    {"volume/client", func(w *world) { w.volume("kit").PersistentVolumeClaim.ClaimName = "mine" }, []string{"flare-verify: not the volume with the kit"}},
		"an emptyDir":      {"volume/client", func(w *world) { w.volume("kit").VolumeSource = emptyDir() }, []string{"flare-verify: not the volume with the kit"}},
		"the claim as the copy": {"volume/client", func(w *world) {
			w.verifier().VolumeMounts[2].Name = "kit"
			for i := range w.Spec.Containers[0].VolumeMounts {
				if m := &w.Spec.Containers[0].VolumeMounts[i]; m.Name == "startup" {
					m.Name = "kit"
				}
			}
		}, []string{"flare-verify: medium: Memory"}},
		"on the disk": {"volume/client", func(w *world) { w.volume("startup").EmptyDir.Medium = "" }, []string{"flare-verify: node's disk"}},
		"items":       {"volume/client", func(w *world) { w.volume("seal").Secret.Items = []corev1.KeyToPath{{Key: "a", Path: "b"}} }, []string{"flare-verify: not the kit's Secret"}},
		"a second one": {"volume/client", func(w *world) { w.Spec.InitContainers = append(w.Spec.InitContainers, *w.verifier().DeepCopy()) },
			[]string{"containers: additional container", "kit-mount: ", "mounts: ", "images: "}},
		"one before it": {"volume/client", func(w *world) {
			w.Spec.InitContainers = []corev1.Container{{Name: "x", Image: repository + digest, SecurityContext: w.verifier().SecurityContext}, *w.verifier()}
		}, []string{"flare-verify: the first init container is not", "containers: additional container", "images: ", "kit-mount: ", "mounts: ", "resources: ", "volumes: "}},
		"no image":      {"volume/client", func(w *world) { w.facts.KitImage = "" }, []string{"flare-verify: install the webhook with --kit-image"}},
		"in a Secret's": {"client", func(w *world) { w.Spec.InitContainers = []corev1.Container{*onVolume(t, "client").verifier()} }, []string{"containers: additional container", "images: ", "mounts: ", "kit-mount: "}},
		"ends": {"volume/client", func(w *world) {
			w.request.Create = false
			w.changeKit(func(k *facts.KitFact) { k.Terms.Windows[0].NotAfter = policiestest.Now })
		}, nil},
	})
}

// Only the verifier mounts the original kit on the volume.
func TestTheRawKit(t *testing.T) {
	runCases(t, map[string]testCase{
		"raw":        {"volume/client", func(w *world) { w.addMount("kit", "/dev/shm", readOnly) }, []string{"kit-mount: before it is verified"}},
		"in place":   {"volume/client", func(w *world) { w.mount("startup").Name = "kit" }, []string{"kit-mount: before it is verified"}},
		"seal":       {"volume/client", func(w *world) { w.addMount("seal", "/workspace/startup/x", readOnly) }, []string{"kit-mount: before it is verified"}},
		"writable":   {"volume/client", func(w *world) { w.mount("startup").ReadOnly = false }, []string{"kit-mount: writable"}},
		"twice":      {"volume/client", func(w *world) { w.addMount("startup", "/dev/shm", readOnly) }, []string{"kit-mount: at another path", "mounts: "}},
		"a part":     {"volume/client", func(w *world) { w.mount("startup").SubPath = "x" }, []string{"kit-mount: at another path"}},
		"not at all": {"volume/client", func(w *world) { *w.mount("startup") = corev1.VolumeMount{Name: "tmp", MountPath: "/dev/shm"} }, []string{"kit-mount: not mounted"}},
		"more of it": {"volume/client", func(w *world) { w.addVolume("y", claim("flare-kits")); w.addMount("y", "/dev/shm") }, []string{"volumes: may not have"}},
		"of a Secret": {"client", func(w *world) {
			w.policy.Spec.Kits.Claims = []string{"flare-kits"}
			w.addVolume("y", claim("flare-kits"))
		}, []string{"volumes: may not have"}},
		"other pods": {"volume/other", func(w *world) { w.addVolume("y", claim("flare-kits")) }, []string{"other-pods: contains kits"}},
	})
}

// receiver replaces the pod with a receiver of a kit.
func receiver(change ...func(*world)) func(*world) {
	return func(w *world) {
		sum := strings.Repeat("b2", 32)
		w.policy.Spec.OtherPods = v1alpha1.OtherPodsDeny
		security := onVolume(w.t, "client").Spec.SecurityContext
		w.Spec = kitvolume.ReceiverSpec(policiestest.KitImage, sum, kit.Volume{ClaimName: "flare-kits", SubPath: "site-2/" + sum[:32]}, security)
		for _, f := range change {
			f(w)
		}
	}
}

// A receiver may write a kit to the folder of this kit, even if no other pods may run.
func TestReceiver(t *testing.T) {
	arg := func(i int, word string) func(*world) { return func(w *world) { w.main().Args[i] = word } }
	refused := []string{"other-pods: not a participant's pod"}
	runCases(t, map[string]testCase{
		"valid":           {"volume/other", receiver(), nil},
		"another image":   {"volume/other", receiver(func(w *world) { w.main().Image = "x" }), refused},
		"another claim":   {"volume/other", receiver(func(w *world) { w.Spec.Volumes[0].PersistentVolumeClaim.ClaimName = "ct-scans" }), refused},
		"another's":       {"volume/other", receiver(arg(1, "--digest="+strings.Repeat("0", 64))), refused},
		"another place":   {"volume/other", receiver(arg(2, "--to=/volume/site-1")), refused},
		"up":              {"volume/other", receiver(arg(2, "--to=/volume/../"+strings.Repeat("b2", 16))), refused},
		"another verb":    {"volume/other", receiver(arg(0, "verify")), refused},
		"a program":       {"volume/other", receiver(func(w *world) { w.main().Command = []string{"sh"} }), refused},
		"a second one":    {"volume/other", receiver(func(w *world) { w.Spec.Containers = append(w.Spec.Containers, *w.main().DeepCopy()) }), refused},
		"a further mount": {"volume/other", receiver(func(w *world) { w.addVolume("x", emptyDir()) }), refused},
	})
}
