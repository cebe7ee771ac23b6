package nvflare

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// serverPorts are the FL port and, if the kit has a separate one for admins, that port, with
// their names from the kit.
func serverPorts(k *kit.Kit) []corev1.ContainerPort {
	ports := make([]corev1.ContainerPort, 0, len(k.Ports))
	for _, p := range k.Ports {
		ports = append(ports, corev1.ContainerPort{Name: p.Name, ContainerPort: port32(p.Number), Protocol: corev1.ProtocolTCP})
	}
	return ports
}

// jobPort is the port of a launcher for its job pods.
func jobPort() corev1.ContainerPort {
	return corev1.ContainerPort{Name: nvflare.PortJobs, ContainerPort: nvflare.JobPort, Protocol: corev1.ProtocolTCP}
}

// port32 is a port in the type that Kubernetes uses. Readers of kits reject larger numbers.
func port32(number int) int32 { return int32(min(max(number, 0), 65535)) }
