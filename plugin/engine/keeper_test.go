package engine

import (
	"bytes"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func with(meta metav1.ObjectMeta, labels, annotations map[string]string) *metav1.ObjectMeta {
	out := meta.DeepCopy()
	maps.Copy(out.Labels, labels)
	maps.Copy(out.Annotations, annotations)
	return out
}

func TestKeeper(t *testing.T) {
	ours := owner("site-1")
	byArgo := with(ours, nil, nil)
	byArgo.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "argocd-controller", Operation: metav1.ManagedFieldsOperationApply}}
	for name, tc := range map[string]struct {
		object *metav1.ObjectMeta
		want   string
	}{
		"ours":                        {with(ours, map[string]string{names.LabelAppInstance: "site-1"}, nil), ""},
		"Argo CD, by its annotation":  {with(ours, nil, map[string]string{"argocd.argoproj.io/tracking-id": "fl:apps/Deployment:ns/site-1"}), "Argo CD"},
		"Argo CD, by its fields":      {byArgo, "Argo CD"},
		"Flux's Kustomization":        {with(ours, map[string]string{"kustomize.toolkit.fluxcd.io/name": "fl", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}, nil), "Flux (Kustomization flux-system/fl)"},
		"Flux's HelmRelease":          {with(ours, map[string]string{"helm.toolkit.fluxcd.io/name": "fl", "helm.toolkit.fluxcd.io/namespace": "apps", names.LabelManagedBy: "Helm"}, nil), "Flux (HelmRelease apps/fl)"},
		"Helm":                        {with(ours, map[string]string{names.LabelManagedBy: "Helm"}, map[string]string{"meta.helm.sh/release-name": "fl"}), "Helm fl"},
		"Helm, without an annotation": {with(ours, map[string]string{names.LabelManagedBy: "Helm"}, nil), "Helm"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, Keeper(tc.object)) })
	}
}

// What a tool keeps is left alone, with the patch to commit; all else is written, and nothing
// is pruned that the old object may need.
func TestObjectsOfOtherToolsAreLeft(t *testing.T) {
	site := owner("site-1")
	server := clientstest.Start(t, namespace("ns"))
	_, err := run(t, server, launch(site, nil, kitSecret(site, "a"), deployment(site, "fl:1")))
	require.NoError(t, err)
	live, ok := server.Get("deployments", "ns", "site-1")
	require.True(t, ok)
	live = live.DeepCopy()
	live.SetLabels(with(site, map[string]string{names.LabelManagedBy: "Helm", names.LabelAppInstance: "release"}, nil).Labels)
	server.Put(live)

	var errOut bytes.Buffer
	e := Engine{Reporter: NewReporter(output.NewPrinter(), genericiooptions.IOStreams{Out: &bytes.Buffer{}, ErrOut: &errOut})}
	plan := launch(site, nil, kitSecret(site, "b"), deployment(site, "fl:2"))
	plan.Target = target(server)
	changes, err := e.Run(t.Context(), plan)
	require.NoError(t, err)
	require.Equal(t, []string{"secret/flare-kit-site-1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb created", "deployment.apps/site-1 left alone"}, verbs(changes))
	require.Contains(t, errOut.String(), "Note: deployment.apps/site-1 in namespace ns belongs to Helm, which would undo a change, so it stays as it is.")
	require.Contains(t, errOut.String(), "kind: Deployment\nmetadata:\n  name: site-1\n  namespace: ns\n")
	require.Contains(t, errOut.String(), "      - image: fl:2\n        name: main\n")
	after, _ := server.Get("deployments", "ns", "site-1")
	require.Equal(t, live.Object["spec"], after.Object["spec"])
	_, ok = server.Get("secrets", "ns", "flare-kit-site-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	require.True(t, ok, "the old Deployment mounts it")

	// Once the patch is committed and applied, there is nothing to say.
	committed := deployment(site, "fl:2")
	committed.Labels = live.GetLabels()
	server.Put(committed)
	errOut.Reset()
	changes, err = e.Run(t.Context(), plan)
	require.NoError(t, err)
	require.Equal(t, "deployment.apps/site-1 unchanged", verbs(changes)[1])
	require.Empty(t, errOut.String())
}
