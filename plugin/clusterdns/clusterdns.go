// Package clusterdns finds out how a cluster resolves names.
package clusterdns

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
)

// Find finds the pods of the cluster's DNS by its Service: that of CoreDNS as kubeadm and most
// distributions run it, or that of OpenShift. It is the zero value if there is neither, or if
// the user may not see them.
func Find(ctx context.Context, client kubernetes.Interface) compiled.DNS {
	for _, at := range [...][2]string{{metav1.NamespaceSystem, "kube-dns"}, {"openshift-dns", "dns-default"}} {
		service, err := client.CoreV1().Services(at[0]).Get(ctx, at[1], metav1.GetOptions{})
		if err != nil || len(service.Spec.Selector) == 0 {
			continue
		}
		return compiled.DNS{Namespace: service.Namespace, Labels: service.Spec.Selector, Ports: ports(ctx, client, service)}
	}
	return compiled.DNS{}
}

// ports are those of the pods at which the Service's port 53 leads, besides 53. A port with a
// name is one of the Service's endpoints.
func ports(ctx context.Context, client kubernetes.Interface, service *corev1.Service) []int32 {
	var found []int32
	add := func(port int32) {
		if port != 0 && port != 53 && !slices.Contains(found, port) {
			found = append(found, port)
		}
	}
	named := map[string]bool{}
	for _, p := range service.Spec.Ports {
		if p.Port != 53 {
			continue
		}
		add(p.TargetPort.IntVal)
		if p.TargetPort.StrVal != "" {
			named[p.Name] = true
		}
	}
	if len(named) == 0 {
		return found
	}
	endpoints, err := client.DiscoveryV1().EndpointSlices(service.Namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
	if err != nil {
		return found
	}
	for i := range endpoints.Items {
		for _, p := range endpoints.Items[i].Ports {
			if p.Port != nil && named[name(p.Name)] {
				add(*p.Port)
			}
		}
	}
	return found
}

func name(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Flag is the webhook's flag --cluster-dns for these pods, "" for the usual ones.
func Flag(d compiled.DNS) string {
	usual := d.Namespace == metav1.NamespaceSystem && len(d.Labels) == 1 && d.Labels["k8s-app"] == "kube-dns" && len(d.Ports) == 0
	if d.Namespace == "" || usual {
		return ""
	}
	return d.String()
}

// kubernetesPlugin is the line of CoreDNS's configuration with the domain of Services.
var kubernetesPlugin = regexp.MustCompile(`(?m)^\s*kubernetes\s+([a-z0-9.-]+)`)

// Domain is that of Services as CoreDNS's configuration has it, or "" where that is not known:
// most users may not read it.
func Domain(ctx context.Context, client kubernetes.Interface) string {
	config, err := client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Get(ctx, "coredns", metav1.GetOptions{})
	if err != nil {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(config.Data)) {
		if m := kubernetesPlugin.FindStringSubmatch(config.Data[key]); m != nil {
			return strings.Trim(m[1], ".")
		}
	}
	return ""
}
