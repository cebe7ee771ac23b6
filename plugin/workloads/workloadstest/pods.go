package workloadstest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// template is a pod template with its workload.
type template struct {
	corev1.PodTemplateSpec
	kind, name string
	selector   map[string]string // nil: it selects only by owner
}

func (t template) selects(pod map[string]string) bool {
	if t.selector == nil {
		return labels.Equals(t.Labels, pod)
	}
	return labels.SelectorFromSet(t.selector).Matches(labels.Set(pod))
}

func templates(set *workloads.Set) []template {
	var all []template
	for _, obj := range set.Objects() {
		switch o := obj.(type) {
		case *appsv1.Deployment:
			all = append(all, template{o.Spec.Template, o.Kind, o.Name, o.Spec.Selector.MatchLabels})
		case *batchv1.CronJob:
			all = append(all, template{o.Spec.JobTemplate.Spec.Template, o.Kind, o.Name, nil})
		}
	}
	return all
}

// checkPods checks that each pod meets the Pod Security Standard "restricted", and more. Only
// launchers get a token.
func checkPods(t *testing.T, c Case, set *workloads.Set) {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	level := psapi.LevelVersion{Level: psapi.LevelRestricted, Version: psapi.LatestVersion()}
	for _, pod := range templates(set) {
		for _, r := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
			assert.True(t, r.Allowed, "%s: %s: %s", pod.name, r.ForbiddenReason, r.ForbiddenDetail)
		}
		assert.NotContains(t, []string{"", "default"}, pod.Spec.ServiceAccountName, "service account of %s", pod.name)
		assert.Equal(t, new(c.Participant.JobPods), pod.Spec.AutomountServiceAccountToken, "%s mounts a token, or has none", pod.name)
		assert.Equal(t, new(false), pod.Spec.EnableServiceLinks, "%s gets its neighbours' addresses as variables", pod.name)
		assert.Equal(t, workloads.PodSecurity(), pod.Spec.SecurityContext, "security context of %s", pod.name)
		checkContainers(t, pod)
	}
}

func checkContainers(t *testing.T, pod template) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		assert.False(t, seen[c.Name], "%s has two containers %s", pod.name, c.Name)
		seen[c.Name] = true
		require.NotNil(t, c.SecurityContext, "security context of %s in %s", c.Name, pod.name)
		assert.Equal(t, new(true), c.SecurityContext.ReadOnlyRootFilesystem, "root file system of %s in %s", c.Name, pod.name)
		assert.NotEmpty(t, c.Command, "%s in %s leaves its command to the image", c.Name, pod.name)
		assert.NotEmpty(t, c.Resources.Requests, "%s in %s requests nothing", c.Name, pod.name)
	}
}

// checkOrder checks that what a pod refers to is written in an earlier stage.
func checkOrder(t *testing.T, set *workloads.Set) {
	t.Helper()
	stage := map[string]int{}
	for i, objects := range set.Stages {
		for _, obj := range objects {
			stage[describe(obj)] = i
		}
	}
	for _, pod := range templates(set) {
		for _, needed := range references(pod.Spec) {
			at, ok := stage[needed]
			assert.True(t, ok, "%s refers to %s, which is not in the set", pod.name, needed)
			assert.Less(t, at, stage[pod.kind+"/"+pod.name], "%s is written before %s", pod.name, needed)
		}
	}
}

func references(pod corev1.PodSpec) []string {
	needed := []string{"ServiceAccount/" + pod.ServiceAccountName}
	for _, v := range pod.Volumes {
		switch {
		case v.Secret != nil:
			needed = append(needed, "Secret/"+v.Secret.SecretName)
		case v.ConfigMap != nil:
			needed = append(needed, "ConfigMap/"+v.ConfigMap.Name)
		case v.PersistentVolumeClaim != nil:
			needed = append(needed, "PersistentVolumeClaim/"+v.PersistentVolumeClaim.ClaimName)
		}
	}
	return needed
}
