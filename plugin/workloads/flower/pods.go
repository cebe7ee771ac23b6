package flower

import (
	"net"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// superLinkPod is the SuperLink on loopback, the reverse proxy in front of it, and the
// registration of SuperNodes. It is ready once all SuperNodes of the kit are registered: a
// SuperNode that dials earlier would end.
func (b builder) superLinkPod() corev1.PodSpec {
	link := b.parent(containerSuperLink, flower.ProgramSuperLink, flower.SuperLinkArguments(b.dialect, b.isolation(), flower.Workspace))
	fleet, control := port(flower.PortFleet, flower.FleetPort), port(flower.PortControl, flower.ControlPort)
	proxy := b.proxy(control)
	if b.dialect == flower.DialectHTTP {
		proxy = b.proxy(fleet, control)
	} else {
		link.Ports = []corev1.ContainerPort{fleet}
		link.ReadinessProbe = listens(flower.PortFleet)
	}
	proxy.ReadinessProbe = listens(flower.PortControl)
	containers := []corev1.Container{link, proxy, b.register()}
	if b.apart() {
		containers = append(containers, b.superExec())
	}
	return b.pod(containers...)
}

// register registers the keys of SuperNodes over loopback, and then listens. It has no key.
func (b builder) register() corev1.Container {
	c := b.python(containerRegister, flower.Python, "-c", flower.RegisterScript)
	c.Args = flower.RegisterArguments(b.dialect, flower.Workspace)
	c.Resources = helper()
	c.Ports = []corev1.ContainerPort{port(flower.PortRegistered, flower.RegisteredPort)}
	c.ReadinessProbe = listens(flower.PortRegistered)
	c.VolumeMounts = kitFiles(flower.RootFile, flower.NodesFile)
	return c
}

// superNodePod has no port that others dial, except the pods of its tasks: a SuperNode dials
// its SuperLink.
func (b builder) superNodePod() corev1.PodSpec {
	_, trusted := b.Kit.Local.Get(flower.TrustedEntitiesFile)
	superlink := net.JoinHostPort(b.Kit.Server.Host, strconv.Itoa(b.Kit.Server.Port))
	host := flower.Loopback
	if b.JobPods {
		host = flower.AnyAddress
	}
	args := flower.SuperNodeArguments(b.dialect, b.isolation(), flower.Workspace, superlink, host, trusted)
	node := b.parent(containerSuperNode, flower.ProgramSuperNode, args)
	node.StartupProbe = joinsWith(flower.StartupCommand(b.dialect))
	superExec := b.superExec()
	switch {
	case b.JobPods:
		node.Ports = []corev1.ContainerPort{port(flower.PortRuntime, flower.RuntimePort)}
		b.launcher(&superExec)
		return b.pod(node, superExec)
	case b.JobContainer:
		return b.withData(b.pod(node, superExec))
	}
	return b.withData(b.pod(node))
}

// withData mounts the site's data in the last container, which runs the apps.
func (b builder) withData(pod corev1.PodSpec) corev1.PodSpec {
	last := &pod.Containers[len(pod.Containers)-1]
	last.VolumeMounts = append(last.VolumeMounts, b.DataMounts()...)
	pod.Volumes = append(pod.Volumes, b.DataVolumes()...)
	return pod
}
