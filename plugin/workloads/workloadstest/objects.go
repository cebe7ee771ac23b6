package workloadstest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// checkObjects checks what all objects need: a kind, the participant's namespace, a valid and
// unique name, and labels.
func checkObjects(t *testing.T, c Case, set *workloads.Set) {
	t.Helper()
	seen := map[string]bool{}
	for _, obj := range set.Objects() {
		name := describe(obj)
		assert.False(t, seen[name], "there are two of %s", name)
		seen[name] = true
		gvk := obj.GetObjectKind().GroupVersionKind()
		assert.NotEmpty(t, gvk.Kind, "%T has no kind", obj)
		assert.NotEmpty(t, gvk.Version, "%s has no apiVersion", name)
		assert.Equal(t, c.Participant.Namespace, obj.GetNamespace(), "namespace of %s", name)
		assert.Empty(t, nameProblems(obj), "name of %s", name)
		checkLabels(t, name, c.kit(t), obj)
	}
}

func describe(obj workloads.Object) string {
	return obj.GetObjectKind().GroupVersionKind().Kind + "/" + obj.GetName()
}

// nameProblems is stricter for Services, whose names are in DNS.
func nameProblems(obj workloads.Object) []string {
	if _, service := obj.(*corev1.Service); service {
		return validation.IsDNS1035Label(obj.GetName())
	}
	return validation.IsDNS1123Subdomain(obj.GetName())
}

// checkLabels checks that an object has the participant's labels, or none of any
// participant: some objects belong to all participants of a federation in a namespace, or to
// all kits on a claim.
func checkLabels(t *testing.T, name string, k *kit.Kit, obj metav1.Object) {
	t.Helper()
	labels := obj.GetLabels()
	for key, value := range labels {
		assert.Empty(t, validation.IsValidLabelValue(value), "label %s of %s", key, name)
	}
	assert.Equal(t, names.ManagedBy, labels[names.LabelManagedBy], "%s of %s", names.LabelManagedBy, name)
	if labels[names.LabelParticipant] == "" {
		assert.NotContains(t, obj.GetAnnotations(), names.AnnotationParticipant, "annotations of %s", name)
		return
	}
	for key, want := range workloads.Labels(k) {
		if key != names.LabelAppComponent {
			assert.Equal(t, want, labels[key], "label %s of %s", key, name)
		}
	}
	assert.Equal(t, k.Participant, obj.GetAnnotations()[names.AnnotationParticipant], "annotation of %s", name)
}

// checkWorkloads checks that the set lists exactly its objects that run pods, the one with
// the participant's name first, and that none of them selects pods of another.
func checkWorkloads(t *testing.T, c Case, set *workloads.Set) {
	t.Helper()
	var found []workloads.Workload
	all := templates(set)
	for _, pod := range all {
		found = append(found, workloads.Workload{
			Kind: pod.kind, Name: pod.name, Component: workloads.Component(pod.Labels), Role: kit.Role(pod.Labels[names.LabelRole]),
		})
		for _, other := range all {
			assert.Equal(t, pod.name == other.name, pod.selects(other.Labels), "%s selects pods of %s", pod.name, other.name)
		}
	}
	assert.Equal(t, set.Workloads, found)
	require.NotEmpty(t, found)
	assert.Equal(t, kit.ObjectName(c.kit(t).Participant), found[0].Name)
	assert.Empty(t, found[0].Component)
	assert.Equal(t, c.kit(t).Role, found[0].Role)
}
