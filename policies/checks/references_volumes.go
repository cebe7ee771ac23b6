package checks

import (
	corev1 "k8s.io/api/core/v1"
)

func volumeReferences(spec *corev1.PodSpec, yield func(Reference) bool) bool {
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if v.Secret != nil && !yield(Reference{Kind: SecretRef, Way: WayVolume, Name: v.Secret.SecretName, index: i, field: "secret.secretName"}) {
			return false
		}
		if v.ConfigMap != nil && !yield(Reference{Kind: ConfigMapRef, Way: WayVolume, Name: v.ConfigMap.Name, index: i, field: "configMap.name"}) {
			return false
		}
		if !projectedReferences(v, i, yield) {
			return false
		}
		if name, field := driverSecret(v); name != "" && !yield(Reference{Kind: SecretRef, Way: WayDriver, Name: name, index: i, field: field}) {
			return false
		}
	}
	return true
}

func projectedReferences(v *corev1.Volume, i int, yield func(Reference) bool) bool {
	if v.Projected == nil {
		return true
	}
	for j := range v.Projected.Sources {
		s := &v.Projected.Sources[j]
		if s.Secret != nil && !yield(Reference{Kind: SecretRef, Way: WayProjected, Name: s.Secret.Name, index: i, sub: j, field: "secret.name"}) {
			return false
		}
		if s.ConfigMap != nil && !yield(Reference{Kind: ConfigMapRef, Way: WayProjected, Name: s.ConfigMap.Name, index: i, sub: j, field: "configMap.name"}) {
			return false
		}
	}
	return true
}

// driverSecret is the Secret for a volume's driver. The check volumes denies these kinds
// of volumes, but their references count too.
func driverSecret(v *corev1.Volume) (name, field string) {
	local := func(ref *corev1.LocalObjectReference, field string) (string, string) {
		if ref == nil {
			return "", ""
		}
		return ref.Name, field
	}
	switch {
	case v.CSI != nil:
		return local(v.CSI.NodePublishSecretRef, "csi.nodePublishSecretRef.name")
	case v.AzureFile != nil:
		return v.AzureFile.SecretName, "azureFile.secretName"
	case v.CephFS != nil:
		return local(v.CephFS.SecretRef, "cephfs.secretRef.name")
	case v.Cinder != nil:
		return local(v.Cinder.SecretRef, "cinder.secretRef.name")
	case v.FlexVolume != nil:
		return local(v.FlexVolume.SecretRef, "flexVolume.secretRef.name")
	case v.ISCSI != nil:
		return local(v.ISCSI.SecretRef, "iscsi.secretRef.name")
	case v.RBD != nil:
		return local(v.RBD.SecretRef, "rbd.secretRef.name")
	case v.ScaleIO != nil:
		return local(v.ScaleIO.SecretRef, "scaleIO.secretRef.name")
	case v.StorageOS != nil:
		return local(v.StorageOS.SecretRef, "storageos.secretRef.name")
	}
	return "", ""
}
