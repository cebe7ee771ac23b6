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
	host, number, err := kit.SplitAddress(b.spec.Control)
	if err != nil {
		return nil, nil, err
	}
	fleet := workloads.Served{
		Who: "SuperNodes", Dialed: []int{b.Kit.Server.Port}, Service: b.Name,
		Ports: []corev1.ServicePort{servicePort(flower.PortFleet, b.Kit.Server.Port)},
		// Only SuperNodes are elsewhere: who reaches the Control API controls the federation.
		External: []corev1.ServicePort{servicePort(flower.PortFleet, b.Kit.Server.Port)},
	}
	control := workloads.Served{
		Who: "Scientists", Dialed: []int{number}, Service: b.Name + "-" + flower.PortControl,
		Ports: []corev1.ServicePort{servicePort(flower.PortControl, number)},
	}
	if b.same(host, b.Kit.Server.Host) {
		fleet.Who, fleet.Dialed = "SuperNodes and scientists", append(fleet.Dialed, number)
		fleet.Names, fleet.Ports = b.Kit.ServerNames, append(fleet.Ports, control.Ports...)
		return b.ServerServices(fleet)
	}
	for _, name := range b.Kit.ServerNames {
		if b.same(name, host) {
			control.Names = append(control.Names, name)
		} else {
			fleet.Names = append(fleet.Names, name)
		}
	}
	return b.both(fleet, control)
}

func (b builder) both(fleet, control workloads.Served) ([]workloads.Object, []string, error) {
	services, notes, err := b.ServerServices(fleet)
	if err != nil {
		return nil, nil, err
	}
	more, further, err := b.ServerServices(control)
	return append(services, more...), append(notes, further...), err
}

// same says whether two names are the same, or lead to Services of the same name.
func (b builder) same(one, other string) bool {
	service := workloads.ParseHost(one, b.ClusterDomain).Service
	return one == other || service != "" && service == workloads.ParseHost(other, b.ClusterDomain).Service
}

// servicePort leads from what is dialled to a port of the pod.
func servicePort(name string, dialled int) corev1.ServicePort {
	return corev1.ServicePort{
		Name: name, Port: int32(min(max(dialled, 0), 65535)), Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString(name),
	}
}
