package policies_test

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// BenchmarkEvaluate compares a verdict with Kubernetes' own pod security at the level
// restricted, on the same pod.
func BenchmarkEvaluate(b *testing.B) {
	policy, jobPolicy := policiestest.Policy(b), policiestest.JobPolicy(b)
	f, jobFacts := policiestest.Facts(policy), policiestest.JobFacts(jobPolicy, "client")
	f.Claims["notebook-workspace"] = facts.ClaimFact{VolumeName: "pv-99"}
	site, jobSite := policiestest.Compile(b, policy), policiestest.Compile(b, jobPolicy)
	other := policiestest.OtherPod(b)
	client := site.Mutate(policiestest.LaunchPod(b, "client"), f)
	job := jobSite.Mutate(policiestest.JobPod(b, "client"), jobFacts)
	b.Run("pod-security-admission/3-containers", func(b *testing.B) { benchmarkStandards(b, other) })
	b.Run("pod-security-admission/client", func(b *testing.B) { benchmarkStandards(b, client) })
	b.Run("pod-security-admission/job", func(b *testing.B) { benchmarkStandards(b, job) })
	b.Run("other/3-containers", func(b *testing.B) { benchmark(b, create(other, "alice"), site, f) })
	b.Run("client", func(b *testing.B) { benchmark(b, create(client, controller), site, f) })
	b.Run("job", func(b *testing.B) { benchmark(b, create(job, policiestest.LauncherUser), jobSite, jobFacts) })
	for _, n := range []int{1, 1000} {
		large := policiestest.Compile(b, withParticipants(policiestest.Policy(b), n))
		b.Run(fmt.Sprintf("claim/%d-participants", n), func(b *testing.B) { benchmark(b, create(withClaim(other), "alice"), large, f) })
		b.Run(fmt.Sprintf("client/%d-participants", n), func(b *testing.B) { benchmark(b, create(client, controller), large, f) })
	}
	for _, n := range []int{1, 100} {
		large := policiestest.Compile(b, withImages(policiestest.Policy(b), n))
		b.Run(fmt.Sprintf("client/%d-images", n), func(b *testing.B) { benchmark(b, create(client, controller), large, f) })
	}
}

// withParticipants has n participants, of which the client is one.
func withParticipants(policy *v1alpha1.SitePolicy, n int) *v1alpha1.SitePolicy {
	policy.Spec.Participants, policy.Spec.Kits.MinimumSerial = []string{"Site_2"}, nil
	policy.Spec.Launchers = policy.Spec.Launchers[:1]
	for i := 1; i < n; i++ {
		policy.Spec.Participants = append(policy.Spec.Participants, fmt.Sprintf("Hospital_%d", i))
	}
	return policy
}

// withImages has n images, of which that of the pods is the last.
func withImages(policy *v1alpha1.SitePolicy, n int) *v1alpha1.SitePolicy {
	own := policy.Spec.Images.Allowed[0]
	policy.Spec.Images.Allowed = nil
	for i := 1; i < n; i++ {
		policy.Spec.Images.Allowed = append(policy.Spec.Images.Allowed, v1alpha1.AllowedImage{
			Repository: fmt.Sprintf("registry.example.org/trainer-%d", i), Tag: own.Tag, Digest: own.Digest,
		})
	}
	policy.Spec.Images.Allowed = append(policy.Spec.Images.Allowed, own)
	return policy
}

// withClaim has a claim whose name ends like that of a workspace.
func withClaim(pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "own", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "notebook-workspace"},
	}})
	return pod
}

func benchmark(b *testing.B, r policies.Review, site *policies.Policy, f policies.Facts) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if d := site.Evaluate(r, f); !d.Allowed {
			b.Fatal(d.Message())
		}
	}
}

func benchmarkStandards(b *testing.B, pod *corev1.Pod) {
	b.Helper()
	evaluator, err := psa.NewEvaluator(psa.DefaultChecks(), nil)
	if err != nil {
		b.Fatal(err)
	}
	level := psapi.LevelVersion{Level: psapi.LevelRestricted, Version: psapi.LatestVersion()}
	b.ReportAllocs()
	for b.Loop() {
		evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec)
	}
}

// BenchmarkMutate mutates the pod that changes most, and a client's pod with different
// numbers of images in the policy.
func BenchmarkMutate(b *testing.B) {
	policy := policiestest.JobPolicy(b)
	b.Run("job", func(b *testing.B) {
		benchmarkMutate(b, policiestest.JobPod(b, "client"), policy, policiestest.JobFacts(policy, "client"))
	})
	for _, n := range []int{1, 100} {
		policy := withImages(policiestest.Policy(b), n)
		b.Run(fmt.Sprintf("client/%d-images", n), func(b *testing.B) {
			benchmarkMutate(b, policiestest.LaunchPod(b, "client"), policy, policiestest.Facts(policy))
		})
	}
	for _, n := range []int{1, 1000} {
		policy := withParticipants(policiestest.Policy(b), n)
		b.Run(fmt.Sprintf("client/%d-participants", n), func(b *testing.B) {
			benchmarkMutate(b, policiestest.LaunchPod(b, "client"), policy, policiestest.Facts(policy))
		})
	}
}

func benchmarkMutate(b *testing.B, pod *corev1.Pod, policy *v1alpha1.SitePolicy, f policies.Facts) {
	b.Helper()
	site := policiestest.Compile(b, policy)
	b.ReportAllocs()
	for b.Loop() {
		if site.Patch(pod, f) == nil {
			b.Fatal("nothing changed")
		}
	}
}

// BenchmarkCompile compiles a policy, as after each change of one.
func BenchmarkCompile(b *testing.B) {
	catalog, policy := policiestest.Catalog(b), withParticipants(policiestest.Policy(b), 1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := policies.Compile(policy, catalog); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
}
