package nvflare

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// serverNames sorts the names of a server's certificate by who can make them resolve.
type serverNames struct {
	services  []string // Services of our namespace
	elsewhere []string // Services of other namespaces
	namespace string   // the first of those namespaces
	external  []string // names that only people outside the cluster can make resolve
}

func (b builder) sortNames() serverNames {
	var out serverNames
	for _, name := range b.Kit.ServerNames {
		switch host := workloads.ParseHost(name); {
		case host.Kind == workloads.HostLoopback:
		case host.Kind == workloads.HostService && host.Namespace != b.Namespace:
			out.elsewhere = append(out.elsewhere, name)
			if out.namespace == "" {
				out.namespace = host.Namespace
			}
		case host.Kind == workloads.HostExternal, len(validation.IsDNS1035Label(host.Service)) > 0:
			out.external = append(out.external, name)
		case !slices.Contains(out.services, host.Service):
			out.services = append(out.services, host.Service)
		}
	}
	return out
}

// serverServices are Services with the names that clients dial. With TLS, these are the
// names in the certificate.
func (b builder) serverServices(ports []corev1.ContainerPort) ([]workloads.Object, []string, error) {
	names := b.sortNames()
	if len(names.elsewhere) > 0 && len(names.services) == 0 {
		return nil, nil, fmt.Errorf(
			"clients reach server %q only as %s (its certificate allows no other name), and that is a Service of namespace %q, not of %q: launch it with -n %s",
			b.Kit.Participant, strings.Join(names.elsewhere, ", "), names.namespace, b.Namespace, names.namespace)
	}
	if len(names.services) == 0 {
		names.services = []string{b.Name}
	}
	var objects []workloads.Object
	for _, name := range names.services {
		objects = append(objects, b.service(name, ports))
	}
	return b.withJobPort(objects), b.nameNotes(names), nil
}

// withJobPort lets a launcher's job pods dial it by the participant's name: the Service of
// this name gets their port, or becomes one.
func (b builder) withJobPort(services []workloads.Object) []workloads.Object {
	if !b.JobPods {
		return services
	}
	jobs := b.service(b.Name, []corev1.ContainerPort{jobPort()})
	for _, object := range services {
		if service, ok := object.(*corev1.Service); ok && service.Name == b.Name {
			service.Spec.Ports = append(service.Spec.Ports, jobs.Spec.Ports...)
			return services
		}
	}
	return append(services, jobs)
}

func (b builder) nameNotes(names serverNames) []string {
	var notes []string
	target := fmt.Sprintf("port %d of service/%s in namespace %s", b.Kit.Server.Port, names.services[0], b.Namespace)
	for _, name := range names.external {
		notes = append(notes, fmt.Sprintf(
			"Clients may dial %s:%d, which does not exist in this cluster: make it lead to %s, with a DNS record and a LoadBalancer or a Gateway that passes TLS through",
			name, b.Kit.Server.Port, target))
	}
	for _, name := range names.elsewhere {
		notes = append(notes, fmt.Sprintf("The certificate also has the name %s, which is in another namespace and does not lead here", name))
	}
	return notes
}

func (b builder) service(name string, ports []corev1.ContainerPort) *corev1.Service {
	svc := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: b.Meta(name),
		Spec:       corev1.ServiceSpec{Selector: workloads.Selector(b.Kit)},
	}
	for _, p := range ports {
		svc.Spec.Ports = append(svc.Spec.Ports, corev1.ServicePort{
			Name: p.Name, Port: p.ContainerPort, Protocol: p.Protocol, TargetPort: intstr.FromString(p.Name),
		})
	}
	return svc
}

// dialedService lets a client or an admin dial the server's bare name from another namespace
// of the same cluster. All participants of the federation in the namespace share it, so it has
// no participant's labels.
func (b builder) dialedService() []workloads.Object {
	host := workloads.ParseHost(b.Kit.Server.Host)
	if host.Kind != workloads.HostBare || b.ServerNamespace == "" || b.ServerNamespace == b.Namespace {
		return nil
	}
	meta := b.Meta(host.Service)
	meta.Annotations = map[string]string{names.AnnotationFederation: b.Kit.Federation}
	for _, key := range []string{names.LabelParticipant, names.LabelRole, names.LabelAppInstance, names.LabelAppComponent} {
		delete(meta.Labels, key)
	}
	return []workloads.Object{&corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Type:         corev1.ServiceTypeExternalName,
			ExternalName: workloads.ServiceDNS(host.Service, b.ServerNamespace),
		},
	}}
}
