package workloads

import (
	"cmp"
	"path"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// CABundle is a ConfigMap of the namespace with certificates of authorities.
type CABundle struct {
	// ConfigMap is its name; empty means that there is none.
	ConfigMap string `json:"configMap,omitempty"`
	// Key is the key with the certificates; the default is ca-bundle.crt.
	Key string `json:"key,omitempty"`
}

// defaultBundleKey is the key in ConfigMaps that OpenShift fills.
const defaultBundleKey = "ca-bundle.crt"

const volumeCABundle = "ca-bundle"

func (b *CABundle) validate(at *field.Path) field.ErrorList {
	if b.ConfigMap == "" && b.Key == "" {
		return nil
	}
	errs := invalid(at.Child("configMap"), b.ConfigMap, validation.IsDNS1123Subdomain(b.ConfigMap)...)
	if b.Key != "" {
		errs = append(errs, invalid(at.Child("key"), b.Key, validation.IsConfigMapKey(b.Key)...)...)
	}
	return errs
}

// volumes are the volume of the bundle, if there is one.
func (b *CABundle) volumes() []corev1.Volume {
	if b.ConfigMap == "" {
		return nil
	}
	return []corev1.Volume{{Name: volumeCABundle, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: b.ConfigMap},
		Items:                []corev1.KeyToPath{{Key: cmp.Or(b.Key, defaultBundleKey), Path: path.Base(profiles.AuthoritiesFile)}},
	}}}}
}

// mount gives a container the bundle, and the variables with which programs find it.
func (b *CABundle) mount(c *corev1.Container) {
	if b.ConfigMap == "" {
		return
	}
	c.Env = append(c.Env, profiles.AuthorityVariables()...)
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volumeCABundle, MountPath: profiles.Authorities, ReadOnly: true})
}
