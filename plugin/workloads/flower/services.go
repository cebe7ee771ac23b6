package flower

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// services are those that SuperNodes dial and those that scientists dial. A Service for
// SuperNodes does not lead to the Control API, unless both dial the same name: only the
// former has to leave the cluster.
func (b builder) services() ([]workloads.Object, []string, error) {
	control, number, err := kit.SplitAddress(b.spec.Control)
	if err != nil {
		return nil, nil, err
	}
	dials := func(host, service string) bool { return workloads.ParseHost(host).Service == service }
	return b.ServerServices(func(service string) []corev1.ServicePort {
		ports := []corev1.ServicePort{servicePort(flower.PortFleet, b.Kit.Server.Port)}
		forControl := servicePort(flower.PortControl, number)
		switch {
		case dials(control, service) && dials(b.Kit.Server.Host, service):
			return append(ports, forControl)
		case dials(control, service):
			return []corev1.ServicePort{forControl}
		}
		return ports
	})
}

// servicePort leads from what is dialled to a port of the pod.
func servicePort(name string, dialled int) corev1.ServicePort {
	return corev1.ServicePort{
		Name: name, Port: int32(min(max(dialled, 0), 65535)), Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString(name),
	}
}
