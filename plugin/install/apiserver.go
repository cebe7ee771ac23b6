package install

import (
	"context"
	"fmt"
	"slices"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// usual says whether the manifests open a port.
func usual(port int32) bool { return port == 443 || port == 6443 }

// apiServerPorts are the ports of the API server besides the usual ones: those that the user
// gave, or those of its endpoints. MicroK8s has 16443, for example, and minikube 8443.
func (o *Options) apiServerPorts(ctx context.Context) ([]int64, error) {
	if len(o.APIServerPorts) > 0 || o.Printer.DryRun.Client() {
		return o.APIServerPorts, nil
	}
	typed, err := o.clients.Typed()
	if err != nil {
		return nil, err
	}
	found, err := typed.DiscoveryV1().EndpointSlices(metav1.NamespaceDefault).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=kubernetes"})
	if err != nil {
		return nil, fmt.Errorf("cannot find the port of the API server, give it with --api-server-port: %w", err)
	}
	var ports []int64
	for i := range found.Items {
		for _, p := range found.Items[i].Ports {
			if p.Port != nil && !usual(*p.Port) {
				ports = append(ports, int64(*p.Port))
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports), nil
}

func (o *Options) checkPorts() error {
	for _, port := range o.APIServerPorts {
		if port < 1 || port > 65535 {
			return fmt.Errorf("--api-server-port %d is not a port: give a number from 1 to 65535", port)
		}
	}
	return nil
}
