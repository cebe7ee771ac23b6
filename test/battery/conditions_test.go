package battery_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/randfill"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

// versionOf is the version of a resource that the battery uses.
func versionOf(r schema.GroupResource) string {
	if r.Group == v1alpha1.Group {
		return v1alpha1.GroupVersion().Version
	}
	return "v1"
}

// Mutation is asked about every pod that it would change. So no pod depends on a condition
// of the manifests that is too narrow: validation would deny it.
func testMutationIsAsked(t *testing.T, cases []*battery.Case) {
	t.Helper()
	hooks := mutating(t)
	changed, spared := 0, 0
	for _, c := range cases {
		if !c.Mutates() {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, r := range []policies.Review{c.Review, withoutTypes(t, c.Review)} {
				hook, skipped := hooks.asked(t, r, "v1")
				require.Equal(t, skipped == "", hook != "")
				if c.Mutated() != c.Review.Object {
					changed++
					require.NotEmpty(t, hook, "mutation would change this pod, and %s", skipped)
				} else if skipped != "" {
					spared++
				}
			}
		})
	}
	require.Greater(t, changed, 50)
	require.Greater(t, spared, 50)
}

// The same for generated pods: valid ones with random volumes, and random ones with a kit.
func TestMutationIsAskedAboutGeneratedPods(t *testing.T) {
	hooks := mutating(t)
	policy := policiestest.JobPolicy(t)
	site := policiestest.Compile(t, policy)
	facts := policiestest.JobFacts(policy, "client")
	changed := 0
	for seed := range uint64(2000) {
		pod := generated(t, seed)
		mutated := site.Mutate(pod, facts) != pod
		hook, skipped := hooks.asked(t, policies.Review{
			Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"}, Namespace: policiestest.Namespace, Name: "p", Object: pod,
		}, "v1")
		if mutated {
			changed++
			require.NotEmpty(t, hook, "seed %d: mutation would change this pod, and %s", seed, skipped)
		}
	}
	require.Greater(t, changed, 200)
}

// generated is a pod with random volumes, some of which are of Secrets that mutation reads.
func generated(t *testing.T, seed uint64) *corev1.Pod {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	pods := []*corev1.Pod{policiestest.LaunchPod(t, "client"), policiestest.JobPod(t, "client"), policiestest.OtherPod(t)}
	pod := pods[random.IntN(len(pods))]
	fill := randfill.NewWithSeed(int64(seed)).NilChance(0.7).NumElements(0, 4).MaxDepth(8)
	var volumes []corev1.Volume
	fill.Fill(&volumes)
	if random.IntN(3) == 0 {
		fill.Fill(&pod.Spec)
	}
	if random.IntN(2) == 0 {
		pod.Spec.Volumes = nil
	}
	names := []string{policiestest.ClientKit, "nvflare-startup-site-2-809cb9ad", "x" + policiestest.ClientKit, "ordinary", ""}
	for range random.IntN(3) {
		name := names[random.IntN(len(names))]
		volumes = append(volumes, corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}}})
	}
	pod.Spec.Volumes = append(pod.Spec.Volumes, volumes...)
	return pod
}

// What the webhook is not asked about is what it would allow, without a message.
func testUnaskedIsAllowed(t *testing.T, cases []*battery.Case) {
	t.Helper()
	hooks := validating(t)
	unasked := map[string]int{}
	for _, c := range cases {
		if c.Elsewhere != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			for i, r := range []policies.Review{c.Review, withoutTypes(t, c.Review)} {
				if i == 0 && (c.Later != nil || c.OldLater != nil) {
					continue // the type does not have the field that the case is about
				}
				hook, skipped := hooks.asked(t, r, versionOf(r.Resource))
				if hook == "" {
					unasked[skipped]++
					require.Equal(t, battery.Allowed, c.Want.Verdict, "the webhook is not asked: %s", skipped)
				}
			}
		})
	}
	for _, condition := range []string{
		"pods.kubectl-flare.dev changes-spec-annotations-or-our-labels", "templates.kubectl-flare.dev changes-the-template",
		"objects.kubectl-flare.dev changes-content-or-annotations", "sitepolicies.kubectl-flare.dev changes-spec-or-annotations",
		"claims.kubectl-flare.dev a-volume-a-source-or-a-deletion", "networks.kubectl-flare.dev changes-more-than-metadata",
		"networks.kubectl-flare.dev not-the-controllers-of-addresses", "networks.kubectl-flare.dev no-deletion-but-of-the-default-deny",
	} {
		require.NotZero(t, unasked[condition], condition)
	}
}

// An update of anything but the status that is not asked about is allowed: fields of
// pods are changed at random, one at a time.
func TestUnaskedUpdatesAreAllowed(t *testing.T) {
	hooks := validating(t)
	policy := policiestest.Policy(t)
	site := policiestest.Compile(t, policy)
	facts := policiestest.Facts(policy)
	unasked := 0
	for seed := range uint64(2000) {
		old := site.Mutate(policiestest.LaunchPod(t, "client"), facts)
		r := policies.Review{
			Operation: policies.Update, Resource: schema.GroupResource{Resource: "pods"}, Namespace: policiestest.Namespace, Name: old.Name,
			Object: changed(old, seed), OldObject: old,
		}
		if hook, _ := hooks.asked(t, r, "v1"); hook != "" {
			continue
		}
		unasked++
		d := site.Evaluate(r, facts)
		require.True(t, d.Allowed, "seed %d: %s", seed, d.Message())
		require.Empty(t, d.Results, fmt.Sprint("seed ", seed))
	}
	require.Greater(t, unasked, 100)
}

// changed has one random field.
func changed(old *corev1.Pod, seed uint64) *corev1.Pod {
	random := rand.New(rand.NewPCG(seed, 1))
	fill := randfill.NewWithSeed(int64(seed)).NilChance(0.3).NumElements(1, 2).MaxDepth(6)
	pod := old.DeepCopy()
	spec, meta := &pod.Spec, &pod.ObjectMeta
	fields := []any{
		&meta.Labels, &meta.Finalizers, &meta.OwnerReferences, &meta.Annotations, &meta.DeletionTimestamp, &pod.Status,
		&spec.Volumes, &spec.Containers[0].Image, &spec.Tolerations, &spec.SchedulingGates, &spec.SecurityContext,
		&spec.ActiveDeadlineSeconds, &spec.NodeName, &spec.InitContainers, &spec.Containers[0].Resources, &spec.Affinity,
	}
	fill.Fill(fields[random.IntN(len(fields))])
	return pod
}

// The conditions of closed entries stay below the API server's limit of cost for the
// largest objects, since beyond it the request would be denied.
func TestConditionsOfLargeObjects(t *testing.T) {
	hooks := validating(t)
	pod := policiestest.OtherPod(t)
	for i := range 20_000 {
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: strings.Repeat("v", 100) + strconv.Itoa(i)})
		metav1.SetMetaDataAnnotation(&pod.ObjectMeta, strconv.Itoa(i), "value")
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: policiestest.ClientKit}, Data: map[string][]byte{"f": make([]byte, 1<<20)}}
	secret.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
	pod.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
	for resource, object := range map[string]interface {
		runtime.Object
		metav1.Object
	}{"pods": pod, "secrets": secret} {
		r := policies.Review{
			Operation: policies.Update, Resource: schema.GroupResource{Resource: resource}, Namespace: policiestest.Namespace, Name: object.GetName(),
			Object: object, OldObject: object.DeepCopyObject(),
		}
		for _, r := range []policies.Review{r, withoutTypes(t, r)} {
			_, skipped := hooks.asked(t, r, "v1")
			require.NotEmpty(t, skipped)
		}
	}
}
