package policies_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/randfill"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// FuzzEvaluate evaluates valid pods with random additions: nothing panics, mutation is
// idempotent, and after an invalid change, allowed pods are denied.
func FuzzEvaluate(f *testing.F) {
	for base := range bases(f) {
		for seed := range uint64(len(breaks())) {
			f.Add([]byte(nil), uint8(base), seed)
			f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), uint8(base), seed)
		}
	}
	policy := policiestest.Policy(f)
	facts, site := policiestest.Facts(policy), policiestest.Compile(f, policy)
	all := bases(f)
	f.Fuzz(func(t *testing.T, data []byte, base uint8, seed uint64) {
		pod := all[int(base)%len(all)].DeepCopy()
		if len(data) > 0 {
			grow(pod, data, seed)
		}
		once := site.Mutate(pod, facts)
		if twice := site.Mutate(once, facts); !equality.Semantic.DeepEqual(once, twice) {
			t.Fatalf("mutation does not settle: %s, then %s", marshalPod(t, once), marshalPod(t, twice))
		}
		if _, err := mutation.Marshal(mutation.Patch(pod, once)); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*corev1.Pod{pod, once} {
			breakAllowed(t, p, site, facts, seed)
		}
	})
}

func bases(t testing.TB) []*corev1.Pod {
	t.Helper()
	return []*corev1.Pod{
		policiestest.LaunchPod(t, "server"), policiestest.LaunchPod(t, "client"), policiestest.LaunchPod(t, "admin"),
		policiestest.JobPod(t, "client"), policiestest.OtherPod(t),
	}
}

// grow adds random parts to a pod.
func grow(pod *corev1.Pod, data []byte, seed uint64) {
	var wild corev1.PodSpec
	randfill.NewFromGoFuzz(data).NilChance(0.6).NumElements(0, 3).MaxDepth(9).Fill(&wild)
	spec := &pod.Spec
	for bit, graft := range []func(){
		func() { spec.Volumes = append(spec.Volumes, wild.Volumes...) },
		func() { spec.InitContainers = append(spec.InitContainers, wild.InitContainers...) },
		func() { spec.Containers = append(spec.Containers, wild.Containers...) },
		func() { spec.EphemeralContainers = wild.EphemeralContainers },
		func() { spec.SecurityContext = wild.SecurityContext },
		func() {
			spec.ServiceAccountName, spec.ImagePullSecrets = wild.ServiceAccountName, wild.ImagePullSecrets
		},
		func() {
			for i := range min(len(wild.Containers), len(spec.Containers)) {
				c := &spec.Containers[i]
				c.VolumeMounts, c.Env = append(c.VolumeMounts, wild.Containers[i].VolumeMounts...), append(c.Env, wild.Containers[i].Env...)
			}
		},
		func() { spec.Tolerations, spec.NodeSelector, spec.Affinity = wild.Tolerations, wild.NodeSelector, nil },
		func() { *spec = wild },
	} {
		if seed>>(8+bit)&1 == 1 {
			graft()
		}
	}
}

// breakAllowed makes one or more invalid changes to an allowed pod.
func breakAllowed(t *testing.T, pod *corev1.Pod, site *policies.Policy, facts policies.Facts, seed uint64) {
	t.Helper()
	if !site.Evaluate(create(pod, "alice"), facts).Allowed || len(pod.Spec.Containers) == 0 {
		return
	}
	all := breaks()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 1 + random.IntN(3) {
		name := random.IntN(len(all))
		if seed < uint64(len(all)) {
			name = int(seed)
		}
		pod = pod.DeepCopy()
		all[name](pod)
		if d := site.Evaluate(create(pod, "alice"), facts); d.Allowed {
			t.Fatalf("break %d is allowed: %s", name, marshalPod(t, pod))
		}
	}
}

// breaks are changes after which any pod must be denied.
func breaks() []func(*corev1.Pod) {
	volume := func(source corev1.VolumeSource) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "broken", VolumeSource: source})
		}
	}
	kit := corev1.LocalObjectReference{Name: policiestest.ServerKit}
	projected := &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{LocalObjectReference: kit}}}}
	key := &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: kit, Key: "server.key"}}
	return []func(*corev1.Pod){
		volume(corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}),
		volume(corev1.VolumeSource{}),
		volume(corev1.VolumeSource{Projected: projected}),
		volume(corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "nvflare-startup-x"}}),
		volume(corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "flare-kit-unknown"}}),
		volume(corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{}}),
		func(p *corev1.Pod) { p.Spec.HostNetwork = true },
		func(p *corev1.Pod) { p.Spec.HostPID = true },
		func(p *corev1.Pod) { p.Spec.ImagePullSecrets = []corev1.LocalObjectReference{kit} },
		func(p *corev1.Pod) {
			p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: "x", SecurityContext: &corev1.SecurityContext{Privileged: new(true)}})
		},
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = append(p.Spec.Containers[0].Env, corev1.EnvVar{Name: "K", ValueFrom: key})
		},
		func(p *corev1.Pod) {
			c := corev1.EphemeralContainerCommon{Name: "x", EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: kit}}}}
			p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, corev1.EphemeralContainer{EphemeralContainerCommon: c})
		},
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Args = append(p.Spec.Containers[0].Args, "nvflare.private.x")
		},
	}
}

func marshalPod(t testing.TB, pod *corev1.Pod) []byte {
	t.Helper()
	out, err := json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
