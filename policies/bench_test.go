package policies_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// BenchmarkEvaluate compares a verdict with the cluster's own judge of pods, at
// the level restricted, on the same pod. Goal: 10 µs and 30 allocations for three
// containers.
func BenchmarkEvaluate(b *testing.B) {
	policy, jobPolicy := policiestest.Policy(b), policiestest.JobPolicy(b)
	f, jobFacts := policiestest.Facts(policy), policiestest.JobFacts(jobPolicy)
	other := policiestest.OtherPod(b)
	client := mutation.Mutate(policiestest.LaunchPod(b, "client"), policy, f)
	job := mutation.Mutate(policiestest.JobPod(b, "client"), jobPolicy, jobFacts)

	b.Run("pod-security-admission/3-containers", func(b *testing.B) { benchmarkStandards(b, other) })
	b.Run("other/3-containers", func(b *testing.B) { benchmark(b, create(other, "alice"), policy, f) })
	b.Run("client", func(b *testing.B) { benchmark(b, create(client, controller), policy, f) })
	b.Run("job", func(b *testing.B) { benchmark(b, create(job, policiestest.LauncherUser), jobPolicy, jobFacts) })
}

func benchmark(b *testing.B, a policies.Attributes, policy *v1alpha1.SitePolicy, f policies.Facts) {
	b.ReportAllocs()
	for b.Loop() {
		if d := policies.Evaluate(a, policy, f); !d.Allowed {
			b.Fatal(d.Message())
		}
	}
}

func benchmarkStandards(b *testing.B, pod *corev1.Pod) {
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

// BenchmarkMutate is of the pod that mutation changes most.
func BenchmarkMutate(b *testing.B) {
	policy := policiestest.JobPolicy(b)
	f := policiestest.JobFacts(policy)
	pod := policiestest.JobPod(b, "client")
	b.ReportAllocs()
	for b.Loop() {
		mutation.Patch(pod, mutation.Mutate(pod, policy, f))
	}
}
