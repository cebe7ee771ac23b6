package workloads

import (
	corev1 "k8s.io/api/core/v1"
)

// UserID is the user and group of every container that we write: the "nonroot"
// user of distroless images, which upstream's image is built on.
const UserID int64 = 65532

// PodSecurity is the pod-level half of what the Pod Security Standard
// "restricted" asks for, and more. OnRootMismatch spares a large workspace the
// recursive chown at every start.
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
