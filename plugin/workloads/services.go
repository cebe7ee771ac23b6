package workloads

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// serverNames sorts the names that a server's certificate covers by who can make them
// resolve.
type serverNames struct {
	services  []string // Services of our namespace
	elsewhere []string // Services of other namespaces
	namespace string   // the first of those namespaces
	external  []string // names that only people outside the cluster can make resolve
}

func (b Builder) sortNames(names []string) serverNames {
	var out serverNames
	for _, name := range names {
		switch host := ParseHost(name, b.ClusterDomain); {
		case host.Kind == HostLoopback:
		case host.Kind == HostService && host.Namespace != b.Namespace:
			out.elsewhere = append(out.elsewhere, name)
			if out.namespace == "" {
				out.namespace = host.Namespace
			}
		case host.Kind == HostExternal, len(validation.IsDNS1035Label(host.Service)) > 0:
			out.external = append(out.external, name)
		case !slices.Contains(out.services, host.Service):
			out.services = append(out.services, host.Service)
		}
	}
	return out
}

// Served is what a server serves under some names. With TLS, these are names in its
// certificate.
type Served struct {
	Names []string
	// Who dials them, in the plural and capitalized, and at which ports.
	Who    string
	Dialed []int
	// Ports are those of the Services, of which the first ones are those that are dialed.
	Ports []corev1.ServicePort
	// Plain says that the server itself speaks no TLS, so that something before it has to.
	Plain bool
	// External are the ports that participants outside of the cluster may reach.
	External []corev1.ServicePort
	// Service is the name of the Service if none of the names is one of ours.
	Service string
}

// ServerServices are Services with the names that others dial. The notes say what users must
// do so that the other names lead to the server.
func (b Builder) ServerServices(served Served) (services []Object, notes []string, err error) {
	names := b.sortNames(served.Names)
	if len(names.elsewhere) > 0 && len(names.services) == 0 {
		return nil, nil, fmt.Errorf(
			"%s reach server %q only as %s (its certificate allows no other name), and that is a Service of namespace %q, not of %q: launch it with -n %s",
			strings.ToLower(served.Who), b.Kit.Participant, strings.Join(names.elsewhere, ", "), names.namespace, b.Namespace, names.namespace)
	}
	if len(names.services) == 0 {
		names.services = []string{served.Service}
	}
	for _, name := range names.services {
		services = append(services, b.Service(name, served.Ports))
	}
	external := b.external(served, names.external)
	if external != nil {
		services = append(services, external)
	}
	return services, b.nameNotes(names, served, external), nil
}

func (b Builder) nameNotes(names serverNames, served Served, external Object) []string {
	var notes []string
	ports := make([]string, 0, len(served.Dialed))
	for _, p := range served.Ports[:len(served.Dialed)] {
		ports = append(ports, strconv.Itoa(int(p.Port)))
	}
	target := fmt.Sprintf("port %s of service/%s in namespace %s", and(ports), names.services[0], b.Namespace)
	if len(ports) > 1 {
		target = "ports" + strings.TrimPrefix(target, "port")
	}
	way := "a LoadBalancer or a Gateway that passes TLS through"
	if served.Plain {
		way = "an Ingress or a Gateway that terminates TLS, since the server itself speaks none"
	}
	if external != nil {
		target, way = "service/"+external.GetName(), "the address of that Service"
	}
	for _, name := range names.external {
		dialed := make([]string, 0, len(served.Dialed))
		for _, p := range served.Dialed {
			dialed = append(dialed, net.JoinHostPort(name, strconv.Itoa(p)))
		}
		notes = append(notes, fmt.Sprintf(
			"%s may dial %s, which does not exist in this cluster: make it lead to %s, with a DNS record and %s",
			served.Who, and(dialed), target, way))
	}
	for _, name := range names.elsewhere {
		notes = append(notes, fmt.Sprintf("The certificate also has the name %s, which is in another namespace and does not lead here", name))
	}
	return notes
}

// and lists texts as people do.
func and(texts []string) string { return strings.Join(texts, " and ") }

// Service selects the pods of the participant.
func (b Builder) Service(name string, ports []corev1.ServicePort) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: b.Meta(name),
		Spec:       corev1.ServiceSpec{Selector: Selector(b.Kit), Ports: ports},
	}
}

// ServicePorts are the ports of a Service that leads to ports of a container, under the same
// numbers.
func ServicePorts(ports []corev1.ContainerPort) []corev1.ServicePort {
	var all []corev1.ServicePort
	for _, p := range ports {
		all = append(all, corev1.ServicePort{
			Name: p.Name, Port: p.ContainerPort, Protocol: p.Protocol, TargetPort: intstr.FromString(p.Name),
		})
	}
	return all
}

// DialedService lets a client or an admin dial the server's bare name from another namespace
// of the same cluster. All participants of the federation in the namespace share it, so it has
// no participant's labels.
func (b Builder) DialedService() []Object {
	host := ParseHost(b.Kit.Dials().Host, b.ClusterDomain)
	if host.Kind != HostBare || b.ServerNamespace == "" || b.ServerNamespace == b.Namespace {
		return nil
	}
	meta := b.Meta(host.Service)
	meta.Annotations = map[string]string{names.AnnotationFederation: b.Kit.Federation}
	for _, key := range []string{names.LabelParticipant, names.LabelRole, names.LabelAppInstance, names.LabelAppComponent} {
		delete(meta.Labels, key)
	}
	return []Object{&corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Type:         corev1.ServiceTypeExternalName,
			ExternalName: ServiceDNS(host.Service, b.ServerNamespace, b.ClusterDomain),
		},
	}}
}
