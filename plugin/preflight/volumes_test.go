package preflight_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/preflight"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func pv(name string, ref *corev1.ObjectReference, phase corev1.PersistentVolumePhase) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PersistentVolumeSpec{ClaimRef: ref},
		Status: corev1.PersistentVolumeStatus{Phase: phase},
	}
}

func ref(namespace, name string) *corev1.ObjectReference {
	return &corev1.ObjectReference{Namespace: namespace, Name: name}
}

func TestVolumes(t *testing.T) {
	client := fake.NewClientset(
		pv("free", nil, corev1.VolumeAvailable),
		pv("reserved", ref("fl-site-1", "ct"), corev1.VolumeAvailable),
		pv("bound", ref("fl-site-1", "ct"), corev1.VolumeBound),
		pv("released", ref("fl-site-1", "ct"), corev1.VolumeReleased),
		pv("elsewhere", ref("fl-site-2", "ct"), corev1.VolumeBound),
		pv("other", ref("fl-site-1", "mri"), corev1.VolumeBound),
	)
	for volume, want := range map[string]string{
		"free":      `PersistentVolume "free" has no claimRef.*"namespace":"fl-site-1","name":"ct"`,
		"reserved":  "",
		"bound":     "",
		"released":  "was released by a claim that was deleted",
		"elsewhere": "is reserved for claim fl-site-2/ct, not for fl-site-1/ct",
		"other":     "is reserved for claim fl-site-1/mri",
		"none":      `PersistentVolume "none" does not exist`,
		"":          `claim "ct" has no volumeName`,
	} {
		warnings := preflight.Volumes(t.Context(), client, "fl-site-1", []v1alpha1.DataRule{{ClaimName: "ct", VolumeName: volume}})
		if want == "" {
			require.Empty(t, warnings, volume)
			continue
		}
		require.Len(t, warnings, 1, volume)
		require.Regexp(t, `^spec\.data\[0\]: .*`+want, warnings[0])
	}
}

// What cannot be read is not taken for correct.
func TestVolumesThatCannotBeRead(t *testing.T) {
	client := fake.NewClientset()
	client.PrependReactor("get", "persistentvolumes", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("forbidden")
	})
	warnings := preflight.Volumes(t.Context(), client, "ns", []v1alpha1.DataRule{{ClaimName: "ct", VolumeName: "pv-1"}})
	require.Equal(t, []string{`spec.data[0]: PersistentVolume "pv-1" cannot be read: make sure that its spec.claimRef is claim ns/ct: forbidden`}, warnings)
}
