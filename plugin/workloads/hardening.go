package workloads

import (
	corev1 "k8s.io/api/core/v1"
)

// UserID is the user and group of every container: the "nonroot" user of distroless images,
// on which upstream's image is based.
const UserID int64 = 65532

// PodSecurity is the pod-level half of what the Pod Security Standard "restricted" requires,
// and more. OnRootMismatch avoids a recursive chown of a large workspace at every start.
func PodSecurity() *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsNonRoot:        new(true),
		RunAsUser:           new(UserID),
		RunAsGroup:          new(UserID),
		FSGroup:             new(UserID),
		FSGroupChangePolicy: new(corev1.FSGroupChangeOnRootMismatch),
		SeccompProfile:      &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// ContainerSecurity is the container-level half.
func ContainerSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false),
		ReadOnlyRootFilesystem:   new(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}
