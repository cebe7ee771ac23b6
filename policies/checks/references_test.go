package checks_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// needle is a name that is in only one field of a pod.
const needle = "flare-kit-needle"

// TestReferencesFindEveryField walks through the types of the API: every field with the
// name of a Secret or ConfigMap in the namespace of the pod must be visited, also if a
// later version of Kubernetes adds it.
func TestReferencesFindEveryField(t *testing.T) {
	var paths []string
	walk(reflect.TypeFor[corev1.PodSpec](), nil, func(path []int) {
		spec := &corev1.PodSpec{}
		name := set(reflect.ValueOf(spec).Elem(), path)
		paths = append(paths, name)
		found := false
		for ref := range checks.References(spec) {
			if ref.Name == needle {
				found = true
				require.NotEmpty(t, ref.Field(), name)
			}
		}
		require.True(t, found, "%s is not visited", name)
	})
	require.Greater(t, len(paths), 20, paths)
	require.Contains(t, strings.Join(paths, "\n"), "EphemeralContainers.EphemeralContainerCommon.EnvFrom.SecretRef")
}

// walk calls visit with the path of every field with the name of a Secret or ConfigMap.
// Slices have one element.
func walk(typ reflect.Type, path []int, visit func([]int)) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || len(path) > 12 {
		return
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		here := append(append([]int{}, path...), i)
		switch {
		case f.Type.Kind() == reflect.String && names(typ, f.Name):
			visit(here)
		case strings.Contains(f.Name, "SecretRef") && f.Type == reflect.TypeFor[*corev1.SecretReference]():
			// Only for persistent volumes; FlexVolume and others have their own types.
		case f.Type == reflect.TypeFor[*corev1.LocalObjectReference]() && !strings.Contains(f.Name, "Secret"):
		default:
			walk(f.Type, here, visit)
		}
	}
}

// names says whether a field of a type is the name of a Secret or ConfigMap.
func names(typ reflect.Type, field string) bool {
	if typ == reflect.TypeFor[corev1.LocalObjectReference]() {
		return field == "Name"
	}
	return field == "SecretName"
}

// set writes the needle to the field at the path, and returns the path with names.
func set(value reflect.Value, path []int) string {
	var words []string
	for _, i := range path {
		for value.Kind() == reflect.Pointer || value.Kind() == reflect.Slice {
			if value.Kind() == reflect.Pointer {
				value.Set(reflect.New(value.Type().Elem()))
				value = value.Elem()
			} else {
				value.Set(reflect.MakeSlice(value.Type(), 1, 1))
				value = value.Index(0)
			}
		}
		words = append(words, value.Type().Field(i).Name)
		value = value.Field(i)
	}
	value.SetString(needle)
	return strings.Join(words, ".")
}

// The field of a reference is the path that the API server uses in messages.
func TestFieldsOfReferences(t *testing.T) {
	local := corev1.LocalObjectReference{Name: needle}
	env := func(e corev1.EnvVar) corev1.PodSpec {
		return corev1.PodSpec{Containers: []corev1.Container{{}, {Env: []corev1.EnvVar{{}, e}}}}
	}
	volume := func(v corev1.VolumeSource) corev1.PodSpec {
		return corev1.PodSpec{Volumes: []corev1.Volume{{}, {VolumeSource: v}}}
	}
	for want, tc := range map[string]struct {
		spec corev1.PodSpec
		kind checks.RefKind
		way  checks.Way
	}{
		"containers[1].env[1].valueFrom.secretKeyRef.name":    {env(corev1.EnvVar{ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: local}}}), checks.SecretRef, checks.WayEnv},
		"containers[1].env[1].valueFrom.configMapKeyRef.name": {env(corev1.EnvVar{ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: local}}}), checks.ConfigMapRef, checks.WayEnv},
		"initContainers[0].envFrom[0].secretRef.name":         {corev1.PodSpec{InitContainers: []corev1.Container{{EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: local}}}}}}, checks.SecretRef, checks.WayEnvFrom},
		"initContainers[0].envFrom[0].configMapRef.name":      {corev1.PodSpec{InitContainers: []corev1.Container{{EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: local}}}}}}, checks.ConfigMapRef, checks.WayEnvFrom},
		"imagePullSecrets[0].name":                            {corev1.PodSpec{ImagePullSecrets: []corev1.LocalObjectReference{local}}, checks.SecretRef, checks.WayPull},
		"volumes[1].secret.secretName":                        {volume(corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: needle}}), checks.SecretRef, checks.WayVolume},
		"volumes[1].configMap.name":                           {volume(corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: local}}), checks.ConfigMapRef, checks.WayVolume},
		"volumes[1].projected.sources[1].secret.name":         {volume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{}, {Secret: &corev1.SecretProjection{LocalObjectReference: local}}}}}), checks.SecretRef, checks.WayProjected},
		"volumes[1].projected.sources[0].configMap.name":      {volume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: local}}}}}), checks.ConfigMapRef, checks.WayProjected},
		"volumes[1].azureFile.secretName":                     {volume(corev1.VolumeSource{AzureFile: &corev1.AzureFileVolumeSource{SecretName: needle}}), checks.SecretRef, checks.WayDriver},
		"volumes[1].csi.nodePublishSecretRef.name":            {volume(corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{NodePublishSecretRef: &local}}), checks.SecretRef, checks.WayDriver},
	} {
		var found []checks.Reference
		for ref := range checks.References(&tc.spec) {
			if ref.Name == needle {
				found = append(found, ref)
			}
		}
		require.Len(t, found, 1, want)
		require.Equal(t, want, found[0].Field())
		require.Equal(t, tc.kind, found[0].Kind, want)
		require.Equal(t, tc.way, found[0].Way, want)
	}
}

// A loop may end at any reference.
func TestReferencesStop(t *testing.T) {
	local := corev1.LocalObjectReference{Name: needle}
	spec := &corev1.PodSpec{
		ImagePullSecrets: []corev1.LocalObjectReference{local, local},
		Containers:       []corev1.Container{{EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: local}, ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: local}}}}},
		Volumes:          []corev1.Volume{{VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: needle}, ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: local}}}},
	}
	all := 0
	for range checks.References(spec) {
		all++
	}
	require.Equal(t, 6, all)
	for stop := 1; stop <= all; stop++ {
		seen := 0
		for range checks.References(spec) {
			if seen++; seen == stop {
				break
			}
		}
		require.Equal(t, stop, seen)
	}
}

// All kinds of containers are visited, with their paths.
func TestContainers(t *testing.T) {
	spec := &corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "a"}, {Name: "b"}}, Containers: []corev1.Container{{Name: "c"}},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "d"}}},
	}
	var got []string
	for c := range checks.Containers(spec) {
		got = append(got, c.Name+" "+c.Field())
		c.Image = "seen" // the element itself, not a copy
	}
	require.Equal(t, []string{"a initContainers[0]", "b initContainers[1]", "c containers[0]", "d ephemeralContainers[0]"}, got)
	require.Equal(t, "seen", spec.EphemeralContainers[0].Image)
	require.Equal(t, "seen", spec.InitContainers[1].Image)
}
