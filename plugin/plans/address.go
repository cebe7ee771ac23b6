package plans

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// address is the step that waits until the cluster has assigned an address to the Service for
// participants outside of it, and says which DNS records lead there.
type address struct{ launch *Launch }

// Rehearse implements engine.Step.
func (a *address) Rehearse(context.Context, *engine.Session) error { return nil }

// Run implements engine.Step.
func (a *address) Run(ctx context.Context, s *engine.Session) error {
	external := a.launch.set.Externals()
	if len(external) == 0 {
		return nil
	}
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	for _, service := range external {
		assigned, err := a.await(ctx, typed, service)
		if err != nil {
			return err
		}
		say := byLoadBalancer
		if assigned.Spec.Type == corev1.ServiceTypeNodePort {
			say = func(service *corev1.Service) string { return byNode(service, nodeAddresses(ctx, typed)) }
		}
		s.Reporter.Note("%s", say(assigned))
	}
	return nil
}

// await reads the Service until it has what its type assigns.
func (a *address) await(ctx context.Context, typed kubernetes.Interface, service *corev1.Service) (*corev1.Service, error) {
	ctx, cancel := context.WithTimeout(ctx, a.launch.Wait)
	defer cancel()
	var found *corev1.Service
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(ctx context.Context) (bool, error) {
		var err error
		found, err = typed.CoreV1().Services(service.Namespace).Get(ctx, service.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		return found.Spec.Type == corev1.ServiceTypeNodePort || len(found.Status.LoadBalancer.Ingress) > 0, nil
	})
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("after %s, the cluster has assigned no address to service/%s of the type LoadBalancer: see `kubectl describe service -n %s %s`; a cluster without load balancers has the type NodePort",
			a.launch.Wait, service.Name, service.Namespace, service.Name)
	}
	return found, err
}

func byLoadBalancer(service *corev1.Service) string {
	var hosts []string
	for _, in := range service.Status.LoadBalancer.Ingress {
		if in.IP != "" {
			hosts = append(hosts, in.IP)
		} else if in.Hostname != "" {
			hosts = append(hosts, in.Hostname)
		}
	}
	var reached []string
	for _, host := range hosts {
		for _, p := range service.Spec.Ports {
			reached = append(reached, net.JoinHostPort(host, strconv.Itoa(int(p.Port))))
		}
	}
	return fmt.Sprintf("participants outside of the cluster reach service/%s at %s%s", service.Name, strings.Join(reached, ", "), records(service, hosts))
}

// byNode also says where the node port is not what the kits dial.
func byNode(service *corev1.Service, nodes []string) string {
	var ports, other []string
	for _, p := range service.Spec.Ports {
		ports = append(ports, strconv.Itoa(int(p.NodePort)))
		if p.NodePort != p.Port {
			other = append(other, fmt.Sprintf("%d to %d", p.Port, p.NodePort))
		}
	}
	text := fmt.Sprintf("participants outside of the cluster reach service/%s at port %s of each node%s", service.Name, strings.Join(ports, ", "), records(service, nodes))
	if len(other) > 0 {
		text += "; the kits dial another port, so something before the nodes must lead port " + strings.Join(other, ", ") +
			": or provision the kits with a port between 30000 and 32767, which then is the node port"
	}
	return text
}

// records are the DNS records that lead the names which participants dial to the hosts.
func records(service *corev1.Service, hosts []string) string {
	var lines, other []string
	for _, name := range workloads.HostNames(service) {
		switch {
		case net.ParseIP(name) == nil:
			for _, host := range hosts {
				lines = append(lines, name+" "+recordType(host)+" "+host)
			}
		case !slices.Contains(hosts, name):
			other = append(other, "; the kits dial "+name+", which is another address")
		}
	}
	text := ""
	if len(lines) > 0 {
		text = "; DNS records to make: " + strings.Join(lines, ", ")
	}
	return text + strings.Join(other, "")
}

func recordType(host string) string {
	switch ip, err := netip.ParseAddr(host); {
	case err != nil:
		return "CNAME"
	case ip.Is4():
		return "A"
	}
	return "AAAA"
}

// nodeAddresses are those that others than the cluster reach, if nodes have such ones. Most
// users of a site may not list nodes.
func nodeAddresses(ctx context.Context, typed kubernetes.Interface) []string {
	nodes, err := typed.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 20})
	if err != nil {
		return nil
	}
	var external, internal []string
	for i := range nodes.Items {
		for _, a := range nodes.Items[i].Status.Addresses {
			switch a.Type {
			case corev1.NodeExternalIP:
				external = append(external, a.Address)
			case corev1.NodeInternalIP:
				internal = append(internal, a.Address)
			case corev1.NodeHostName, corev1.NodeInternalDNS, corev1.NodeExternalDNS:
			}
		}
	}
	if len(external) > 0 {
		return external
	}
	return internal
}
