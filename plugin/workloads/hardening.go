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

// AssignedSecurity is PodSecurity for a platform that assigns the user and the groups.
func AssignedSecurity() *corev1.PodSecurityContext {
	security := PodSecurity()
	security.RunAsUser, security.RunAsGroup, security.FSGroup = nil, nil, nil
	return security
}

// AssignsUsers says whether the platform assigns the users of the pods of a namespace, as
// OpenShift does from the namespace's range, outside of which it denies pods.
func AssignsUsers(namespace *corev1.Namespace) bool {
	return namespace != nil && namespace.Annotations["openshift.io/sa.scc.uid-range"] != ""
}

// ContainerSecurity is the container-level half.
func ContainerSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false),
		ReadOnlyRootFilesystem:   new(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}
