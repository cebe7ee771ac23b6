package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// governedBench has a policy with data.
func governedBench(t *testing.T) *bench {
	t.Helper()
	site := namespace("site")
	site.Labels = map[string]string{names.LabelSitePolicy: "hospital-a"}
	policy := &v1alpha1.SitePolicy{
		TypeMeta: metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "SitePolicy"}, ObjectMeta: metav1.ObjectMeta{Name: "hospital-a"},
		Spec: v1alpha1.SitePolicySpec{Data: []v1alpha1.DataRule{{ClaimName: "ct-scans", MountPath: "/data/ct"}, {ClaimName: "mr-scans", MountPath: "/data/mr"}}},
	}
	return newBench(t, site, policy)
}

func TestDataPathOfThePolicy(t *testing.T) {
	b := governedBench(t)
	_, _, err := b.launchIn("site", b.client(), image, "--wait=false", "--data=ct-scans", "--data=mr-scans:/other")
	require.NoError(t, err)
	found, ok := b.Get("deployments", "site", "site-2-809cb9ad")
	require.True(t, ok)
	deployment := &appsv1.Deployment{}
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, deployment))
	mounts := deployment.Spec.Template.Spec.Containers[0].VolumeMounts
	require.Contains(t, mounts, corev1.VolumeMount{Name: "data-0", MountPath: "/data/ct", ReadOnly: true})
	require.Contains(t, mounts, corev1.VolumeMount{Name: "data-1", MountPath: "/other", ReadOnly: true})
}

func TestNoDataPath(t *testing.T) {
	forbid := func(b *bench, denied string) {
		b.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
			if verb == "get" && resource == denied {
				return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", nil)
			}
			return nil
		}
	}
	for name, tc := range map[string]struct {
		change    func(*bench)
		namespace string
		args      []string
		want      string
	}{
		"not governed":      {nil, "ns", nil, `namespace "ns" is not governed, so no SitePolicy has the path for the claim "pet": give the path too: --data pet:PATH`},
		"not listed":        {nil, "site", nil, `spec.data of the SitePolicy "hospital-a" does not list the claim "pet": it lists ct-scans, mr-scans`},
		"no right to it":    {func(b *bench) { forbid(b, "sitepolicies") }, "site", nil, "cannot be read, so give the path too: --data pet:PATH"},
		"a hidden place":    {func(b *bench) { forbid(b, "namespaces") }, "site", nil, `you may not read namespace "site"`},
		"without a cluster": {nil, "site", []string{"--dry-run=client"}, "which is not read without a cluster"},
		"a path twice":      {nil, "site", []string{"--data=ct-scans", "--data=mr-scans:/data/ct"}, "would both be at /data/ct"},
	} {
		b := governedBench(t)
		if tc.change != nil {
			tc.change(b)
		}
		args := append([]string{b.client(), image, "--wait=false"}, tc.args...)
		if name != "a path twice" {
			args = append(args, "--data=pet")
		}
		_, _, err := b.launchIn(tc.namespace, args...)
		require.ErrorContains(t, err, tc.want, name)
		require.Empty(t, b.Writes(), name)
	}
}
