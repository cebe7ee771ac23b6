// Package nvflare turns a participant of an NVIDIA FLARE federation and its
// startup kit into Kubernetes objects. It is pure.
package nvflare

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// System is this framework's name in labels.
const System = "nvflare"

// Container is the name of the container that NVFLARE runs in.
const Container = "nvflare"

// builder carries what every object of one participant is made from.
type builder struct {
	workloads.Participant
	kit  *kit.Kit
	name string
}

// Objects are the Kubernetes objects of one participant: what `launch` writes
// and what `--dry-run=client -o yaml` shows.
func Objects(p workloads.Participant, k *kit.Kit) (*workloads.Set, error) {
	b := builder{Participant: p, kit: k, name: kit.ObjectName(k.Participant)}
	kitObjects, err := KitObjects(p.Namespace, k)
	if err != nil {
		return nil, err
	}
	set := &workloads.Set{Objects: append([]workloads.Object{b.serviceAccount()}, kitObjects...)}
	switch k.Role {
	case kit.RoleServer:
		err = b.server(set)
	case kit.RoleClient:
		b.client(set)
	case kit.RoleAdmin:
		b.admin(set)
	default:
		err = fmt.Errorf("role %q of participant %q is not one that NVFLARE has in Kubernetes", k.Role, k.Participant)
	}
	if err != nil {
		return nil, err
	}
	return set, nil
}

// KitObjects are the kit's Secret and ConfigMap alone.
func KitObjects(namespace string, k *kit.Kit) ([]workloads.Object, error) {
	return workloads.KitObjects(namespace, System, k)
}

func (b builder) server(set *workloads.Set) error {
	ports, err := serverPorts(b.kit)
	if err != nil {
		return err
	}
	services, notes, err := b.serverServices(ports)
	if err != nil {
		return err
	}
	set.Objects = append(set.Objects, b.workspaceClaim())
	set.Objects = append(set.Objects, services...)
	set.Objects = append(set.Objects, b.deployment(ports))
	set.Notes = notes
	return nil
}

func (b builder) client(set *workloads.Set) {
	set.Objects = append(set.Objects, b.workspaceClaim())
	set.Objects = append(set.Objects, b.dialledService()...)
	set.Objects = append(set.Objects, b.deployment(nil))
}

func (b builder) admin(set *workloads.Set) {
	set.Objects = append(set.Objects, b.dialledService()...)
	set.Objects = append(set.Objects, b.cronJob())
}

func (b builder) meta(name string) metav1.ObjectMeta {
	return workloads.Meta(b.Namespace, name, System, b.kit)
}

// serviceAccount is the participant's own, so that no pod of it runs as the
// namespace's default account, which others may have given rights.
func (b builder) serviceAccount() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   b.meta(b.name),
		AutomountServiceAccountToken: new(false),
	}
}
