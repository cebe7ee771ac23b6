package workloads

import (
	"errors"
	"fmt"
	"maps"
	"net"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// The volumes of pods of every framework. Their names are fixed, so that frameworks only
// have to mount them.
const (
	VolumeWorkspace = "workspace"
	VolumeStartup   = "startup"
	VolumeLocal     = "local"
	VolumeTmp       = "tmp"
	volumeSeal      = "seal"
	volumeRaw       = "raw-kit"
)

// Builder makes the parts of objects that all frameworks share.
type Builder struct {
	Participant
	// Kit is an accepted kit.
	Kit *kit.Kit
	// Name is the participant's name in names of objects.
	Name string

	verified acceptance.Verified
}

// NewBuilder makes a Builder for the objects of one participant, whose kit must be the
// framework's.
func NewBuilder(framework string, p Participant, verified acceptance.Verified) (Builder, error) {
	k, err := verified.Kit()
	if err != nil {
		return Builder{}, err
	}
	if k.Framework != framework {
		return Builder{}, fmt.Errorf("the kit of %q is a kit of %s, not of %s", k.Participant, k.Framework, framework)
	}
	if err := checkServer(&p, k); err != nil {
		return Builder{}, err
	}
	return Builder{Participant: p, Kit: k, Name: kit.ObjectName(k.Participant), verified: verified}, nil
}

// checkServer rejects what can never reach the server from a pod.
func checkServer(p *Participant, k *kit.Kit) error {
	host := ParseHost(k.Server.Host, p.ClusterDomain)
	switch {
	case k.Role == kit.RoleServer && len(p.ServerAddresses) > 0:
		return fmt.Errorf("there are addresses of a server, but %q is the server itself: leave them out", k.Participant)
	case k.Role == kit.RoleServer:
		return nil
	case host.Kind == HostLoopback:
		return fmt.Errorf("%q dials its server at %s, which in a pod is the pod itself: provision the kits with the name of the server's Service, or with a name that DNS has", k.Participant, k.Server.Host)
	case len(p.ServerAddresses) > 0 && net.ParseIP(k.Server.Host) != nil:
		return fmt.Errorf("there are addresses of a server, but %q dials the address %s: leave them out", k.Participant, k.Server.Host)
	case len(p.ServerAddresses) > 0 && p.ServerNamespace != "":
		return errors.New("there are addresses of a server outside of the cluster, and a namespace of the server: give only one of them")
	}
	return nil
}

// Base are the objects that every participant has: its ServiceAccount and its kit.
func (b Builder) Base() ([]Object, error) {
	kitObjects, err := KitObjects(b.Namespace, b.verified)
	if err != nil {
		return nil, err
	}
	return append([]Object{b.serviceAccount()}, kitObjects...), nil
}

// Meta is the metadata of an object of the participant.
func (b Builder) Meta(name string) metav1.ObjectMeta {
	return Meta(b.Namespace, name, b.Kit)
}

// PodMeta is the metadata of a pod template: labels and annotations, no name.
func (b Builder) PodMeta() metav1.ObjectMeta {
	meta := metav1.ObjectMeta{Labels: maps.Clone(b.PodLabels), Annotations: maps.Clone(b.PodAnnotations)}
	if meta.Labels == nil {
		meta.Labels = map[string]string{}
	}
	if meta.Annotations == nil {
		meta.Annotations = map[string]string{}
	}
	maps.Copy(meta.Labels, Labels(b.Kit))
	maps.Copy(meta.Annotations, Annotations(b.Kit))
	return meta
}

// serviceAccount is the participant's own, so that its pods do not run as the namespace's
// default ServiceAccount, which may have permissions.
func (b Builder) serviceAccount() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   b.Meta(b.Name),
		AutomountServiceAccountToken: new(false),
	}
}

// ClaimName is the name of a participant's workspace claim, as SitePolicies expect it by
// default.
func ClaimName(participant string) string {
	return kit.ObjectName(participant) + "-workspace"
}

// WorkspaceClaim outlives the pods and the kit for which it was created.
func (b Builder) WorkspaceClaim() *corev1.PersistentVolumeClaim {
	meta := b.Meta(ClaimName(b.Kit.Participant))
	for _, key := range []string{names.AnnotationKitDigest, names.AnnotationNotAfter, names.AnnotationKitVolume} {
		delete(meta.Annotations, key)
	}
	claim := &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: meta,
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: b.Storage.Size},
			},
		},
	}
	if b.Storage.Class != "" {
		claim.Spec.StorageClassName = new(b.Storage.Class)
	}
	return claim
}
