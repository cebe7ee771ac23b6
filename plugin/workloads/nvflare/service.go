package nvflare

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// serverServices are Services with the names that clients and admins dial, and that of a
// launcher.
func (b builder) serverServices(ports []corev1.ContainerPort) ([]workloads.Object, []string, error) {
	dialed := make([]int, 0, len(b.Kit.Ports))
	for _, p := range b.Kit.Ports {
		dialed = append(dialed, p.Number)
	}
	all := workloads.ServicePorts(ports)
	services, notes, err := b.ServerServices(workloads.Served{
		Who: "Clients and admins", Names: b.Kit.ServerNames, Dialed: dialed, Ports: all, External: all[:len(dialed)], Service: b.Name,
		Plain: nvflare.ConnectionIsClear(b.Kit),
	})
	return b.withJobPort(services), notes, err
}

// withJobPort lets a launcher's job pods dial it by the participant's name: the Service of
// this name gets their port, or becomes one.
func (b builder) withJobPort(services []workloads.Object) []workloads.Object {
	if !b.JobPods {
		return services
	}
	jobs := b.Service(b.Name, workloads.ServicePorts([]corev1.ContainerPort{jobPort()}))
	for _, object := range services {
		if service, ok := object.(*corev1.Service); ok && service.Name == b.Name {
			service.Spec.Ports = append(service.Spec.Ports, jobs.Spec.Ports...)
			return services
		}
	}
	return append(services, jobs)
}
