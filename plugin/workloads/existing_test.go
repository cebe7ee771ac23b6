package workloads_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func set() *workloads.Set {
	meta := func(kind, name string) (metav1.TypeMeta, metav1.ObjectMeta) {
		return metav1.TypeMeta{Kind: kind}, metav1.ObjectMeta{Name: name}
	}
	claim, service, deployment := &corev1.PersistentVolumeClaim{}, &corev1.Service{}, &appsv1.Deployment{}
	claim.TypeMeta, claim.ObjectMeta = meta("PersistentVolumeClaim", "hub-workspace")
	service.TypeMeta, service.ObjectMeta = meta("Service", "hub")
	deployment.TypeMeta, deployment.ObjectMeta = meta("Deployment", "hub")
	deployment.Spec.Template.Spec = corev1.PodSpec{
		Containers: []corev1.Container{{VolumeMounts: []corev1.VolumeMount{{Name: workloads.VolumeWorkspace}, {Name: workloads.VolumeWorkspace, SubPath: "store"}, {Name: "tmp"}}}},
		Volumes: []corev1.Volume{{Name: workloads.VolumeWorkspace, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "hub-workspace"},
		}}},
	}
	return &workloads.Set{Stages: [][]workloads.Object{{claim, service}, {deployment}}}
}

// What the site has itself is used, and not written.
func TestUseExisting(t *testing.T) {
	s := set()
	p := &workloads.Participant{Settings: workloads.Settings{
		Storage: workloads.Storage{Claim: "nas", SubPath: "federations/demo"}, ExistingServices: []string{"hub"},
	}}
	require.NoError(t, s.UseExisting(p, "hub"))
	require.Len(t, s.Objects(), 1)
	d, ok := s.Objects()[0].(*appsv1.Deployment)
	require.True(t, ok)
	pod := d.Spec.Template.Spec
	require.Equal(t, "nas", pod.Volumes[0].PersistentVolumeClaim.ClaimName)
	var paths []string
	for _, m := range pod.Containers[0].VolumeMounts {
		paths = append(paths, m.SubPath)
	}
	require.Equal(t, []string{"federations/demo", "federations/demo/store", ""}, paths)

	s = set()
	require.NoError(t, s.UseExisting(&workloads.Participant{}, "hub"))
	require.Equal(t, set(), s, "nothing is given")
	p.ExistingServices = []string{"other"}
	require.ErrorContains(t, s.UseExisting(p, "hub"), `there is a Service "other" of the site's own, but "hub" needs none of that name`)
}

func TestStorageIsValidated(t *testing.T) {
	for name, tc := range map[string]struct {
		storage workloads.Storage
		want    string
	}{
		"a new claim":        {workloads.Storage{Class: "fast"}, ""},
		"a folder":           {workloads.Storage{Claim: "nas", SubPath: "a/b"}, ""},
		"a class of another": {workloads.Storage{Claim: "nas", Class: "fast"}, "storage.class"},
		"an absolute path":   {workloads.Storage{SubPath: "/a"}, "storage.subPath"},
		"a path out of it":   {workloads.Storage{SubPath: "../a"}, "storage.subPath"},
	} {
		t.Run(name, func(t *testing.T) {
			errs := (&workloads.Settings{Storage: tc.storage}).Validate(nil)
			if tc.want == "" {
				require.Empty(t, errs)
				return
			}
			require.Len(t, errs, 1)
			require.Equal(t, tc.want, errs[0].Field)
		})
	}
}
