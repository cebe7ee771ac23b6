//go:build integration

package admission

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// tool writes objects from a repository, and says whether the cluster has drifted from them.
type tool interface {
	write(t *testing.T, object *unstructured.Unstructured)
	drifted(t *testing.T, object *unstructured.Unstructured) bool
}

// TestNoDrift: no rule by which Argo CD and Flux compare sees what the webhook and the API
// server add to objects that the plugin prints.
func TestNoDrift(t *testing.T) {
	for name, tool := range map[string]tool{"argo": argo{}, "flux": flux{manager: "kustomize-controller"}, "argo-ssa": flux{manager: "argocd-controller"}} {
		t.Run(name, func(t *testing.T) {
			ns := "gitops-" + name
			objects, kit := committed(t, ns)
			for _, object := range objects {
				tool.write(t, object)
			}
			governed(t, ns)
			_, errOut, err := flare(t, "", "kit", "inject", kit, "-n", ns)
			require.NoError(t, err, errOut)
			objects = append(objects, aPod(t, objects))
			tool.write(t, objects[len(objects)-1])
			pod, err := world.typed.CoreV1().Pods(ns).Get(t.Context(), "participant", metav1.GetOptions{})
			require.NoError(t, err)
			require.NotNil(t, pod.Spec.SecurityContext.RunAsNonRoot, "the webhook has added nothing")
			for _, object := range objects {
				require.False(t, tool.drifted(t, object), "%s %s", object.GetKind(), object.GetName())
			}
			for _, object := range objects {
				if object.GetKind() == "Deployment" {
					require.NoError(t, unstructured.SetNestedField(object.Object, int64(3), "spec", "replicas"))
					require.True(t, tool.drifted(t, object), "a change is not seen")
				}
			}
		})
	}
}

// committed is what a site keeps in its repository: the request for governance, and a
// participant, without its kit, the folder of which is returned too.
func committed(t *testing.T, ns string) (objects []*unstructured.Unstructured, kit string) {
	t.Helper()
	f := kittest.NewFederation(t, "demo", kittest.WithAddress("server1.fl-server.svc", 8002))
	dir := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead")).WriteDir(t)
	request, errOut, err := flare(t, "", "site", "request", ns, "--root-fingerprint="+pki.Fingerprint(f.Root), "--participant=site-1", "--image="+image, "--server-namespace=fl-server")
	require.NoError(t, err, errOut)
	launch, errOut, err := flare(t, "", "launch", dir, "-n", ns, "--image="+image, "--dry-run=client", "-o", "yaml")
	require.NoError(t, err, errOut)
	file := filepath.Join(t.TempDir(), "repository.yaml")
	require.NoError(t, os.WriteFile(file, []byte(request+"\n---\n"+launch), 0o600))
	objects = decode(t, file)
	for _, object := range objects {
		if object.GetKind() == "SitePolicy" { // for a pod in the repository; no controller gives its pods this annotation
			require.NoError(t, unstructured.SetNestedStringSlice(object.Object, []string{trackingID}, "spec", "placement", "annotations"))
		}
	}
	return objects, dir
}

// aPod is the participant's pod as a manifest of its own. Its image is given by digest: where
// it is not, the webhook writes the digest of the policy, and that is a change.
func aPod(t *testing.T, objects []*unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	for _, object := range objects {
		if object.GetKind() != "Deployment" {
			continue
		}
		template, _, err := unstructured.NestedMap(object.Object, "spec", "template")
		require.NoError(t, err)
		pod := (&unstructured.Unstructured{Object: template}).DeepCopy()
		pod.SetAPIVersion("v1")
		pod.SetKind("Pod")
		pod.SetNamespace(object.GetNamespace())
		pod.SetName("participant")
		unstructured.RemoveNestedField(pod.Object, "spec", "securityContext") // for the webhook to add
		return pod
	}
	t.Fatal("no Deployment")
	return nil
}

func governed(t *testing.T, ns string) {
	t.Helper()
	within(t, 5*time.Second, "governed", func() bool {
		pod := podOf("p")
		pod.Spec.HostNetwork = true
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "hostNetwork")
	})
}

func live(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	client, err := world.resource(object)
	require.NoError(t, err)
	found, err := client.Get(t.Context(), object.GetName(), metav1.GetOptions{})
	require.NoError(t, err)
	return found
}

// argo is Argo CD's default: it applies like kubectl, with an annotation that tracks the
// object, and compares by the three-way patch of what was applied last, what is in the
// repository and what is live (docs: user-guide/diff-strategies, "Legacy").
type argo struct{}

const trackingID = "argocd.argoproj.io/tracking-id"

func (argo) desired(t *testing.T, object *unstructured.Unstructured) []byte {
	t.Helper()
	object = object.DeepCopy()
	annotate(object, trackingID, "fl:"+object.GetKind()+":"+object.GetNamespace()+"/"+object.GetName())
	data, err := json.Marshal(object.Object)
	require.NoError(t, err)
	return data
}

func annotate(object *unstructured.Unstructured, key, value string) {
	all := object.GetAnnotations()
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	object.SetAnnotations(all)
}

func (a argo) write(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	desired := a.desired(t, object)
	applied := &unstructured.Unstructured{}
	require.NoError(t, json.Unmarshal(desired, &applied.Object))
	annotate(applied, corev1.LastAppliedConfigAnnotation, string(desired))
	client, err := world.resource(applied)
	require.NoError(t, err)
	_, err = client.Create(t.Context(), applied, metav1.CreateOptions{FieldManager: "argocd-controller"})
	require.NoError(t, err, object.GetName())
}

func (a argo) drifted(t *testing.T, object *unstructured.Unstructured) bool {
	t.Helper()
	now := live(t, object)
	before := []byte(now.GetAnnotations()[corev1.LastAppliedConfigAnnotation])
	annotations := now.GetAnnotations()
	delete(annotations, corev1.LastAppliedConfigAnnotation)
	now.SetAnnotations(annotations)
	current, err := json.Marshal(now.Object)
	require.NoError(t, err)
	predicted := a.predicted(t, object, before, a.desired(t, object), current)
	var after map[string]any
	require.NoError(t, json.Unmarshal(predicted, &after))
	var was map[string]any
	require.NoError(t, json.Unmarshal(current, &was))
	return !equality.Semantic.DeepEqual(was, after)
}

// predicted is the live object after the patch.
func (argo) predicted(t *testing.T, object *unstructured.Unstructured, before, desired, current []byte) []byte {
	t.Helper()
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if runtime.IsNotRegisteredError(err) {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(before, desired, current)
		require.NoError(t, err)
		after, err := jsonpatch.MergePatch(current, patch)
		require.NoError(t, err)
		return after
	}
	require.NoError(t, err)
	meta, err := strategicpatch.NewPatchMetaFromStruct(typed)
	require.NoError(t, err)
	patch, err := strategicpatch.CreateThreeWayMergePatch(before, desired, current, meta, true)
	require.NoError(t, err)
	after, err := strategicpatch.StrategicMergePatchUsingLookupPatchMeta(current, patch, meta)
	require.NoError(t, err)
	return after
}

// flux is kustomize-controller: it applies on the server, with labels of its own, and compares
// labels, annotations and everything but metadata and status with a dry run of the same (docs:
// components/kustomize/kustomizations, "Drift detection"). Argo CD's server-side comparison is
// the same with another manager.
type flux struct{ manager string }

func (f flux) apply(t *testing.T, object *unstructured.Unstructured, dryRun ...string) *unstructured.Unstructured {
	t.Helper()
	object = object.DeepCopy()
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels["kustomize.toolkit.fluxcd.io/name"], labels["kustomize.toolkit.fluxcd.io/namespace"] = "fl", "flux-system"
	object.SetLabels(labels)
	client, err := world.resource(object)
	require.NoError(t, err)
	after, err := client.Apply(t.Context(), object.GetName(), object, metav1.ApplyOptions{FieldManager: f.manager, Force: true, DryRun: dryRun})
	require.NoError(t, err, object.GetName())
	return after
}

func (f flux) write(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	f.apply(t, object)
}

func (f flux) drifted(t *testing.T, object *unstructured.Unstructured) bool {
	t.Helper()
	before, after := live(t, object), f.apply(t, object, metav1.DryRunAll)
	if !equality.Semantic.DeepEqual(before.GetLabels(), after.GetLabels()) || !equality.Semantic.DeepEqual(before.GetAnnotations(), after.GetAnnotations()) {
		return true
	}
	for _, u := range []*unstructured.Unstructured{before, after} {
		delete(u.Object, "metadata")
		delete(u.Object, "status")
	}
	return !equality.Semantic.DeepEqual(before.Object, after.Object)
}
