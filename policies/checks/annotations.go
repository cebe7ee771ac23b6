package checks

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Annotations evaluates a pod of which nothing else has changed.
func Annotations(p *Pod) []Result { return annotations(p) }

// annotations keeps out those that others take orders from: container runtimes,
// network plugins, injectors and autoscalers. Such an order reaches what no field of
// the pod could: devices, host folders, another network.
//
// Participants: a closed list, ours and the policy's. Other pods: any but those of
// container runtimes, which reach the node. On UPDATE those that are new or have
// changed: a pod that is held may get them before it starts.
func annotations(p *Pod) []Result {
	var bad []string
	closed := p.closed()
	for key, value := range p.Meta.Annotations {
		if old, ok := p.OldAnnotations[key]; ok && old == value {
			continue
		}
		if !closed && !obeyedByRuntimes(key) {
			continue
		}
		if !isHarmless(key, value) && !p.Site.AllowsAnnotation(key) {
			bad = append(bad, key)
		}
	}
	slices.Sort(bad) // maps have no order
	return p.annotationResults(bad)
}

// mostAnnotations are named in a message.
const mostAnnotations = 10

func (p *Pod) annotationResults(keys []string) []Result {
	var results []Result
	field := "metadata.annotations"
	if p.Prefix != "" {
		field = p.Prefix + "." + field
	}
	for i, key := range keys {
		detail := quote(key)
		if i == mostAnnotations-1 && len(keys) > mostAnnotations {
			detail += fmt.Sprintf(", and %d more", len(keys)-mostAnnotations)
		}
		results = append(results, Result{
			ID: IDPlacement, Field: field, Reason: "the annotation is not allowed", Detail: detail + obeys(key),
			Fix: "leave it out, or let the policy's spec.placement.annotations list it or its prefix",
		})
		if len(results) == mostAnnotations {
			break
		}
	}
	return results
}

// obeys says who takes orders from an annotation, where that is known.
func obeys(key string) string {
	domain, _, _ := strings.Cut(key, "/")
	switch {
	case obeyedByRuntimes(key):
		return " is an order to the container runtime"
	case strings.HasSuffix(domain, "cni.cncf.io"), domain == "cni.projectcalico.org", domain == "k8s.ovn.org", domain == "ovn.kubernetes.io":
		return " is an order to the network plugin"
	}
	return ""
}

// isHarmless knows the annotations of kubectl-flare, and those of Kubernetes and of
// platforms that change nothing about how a pod runs, and those that keep injectors
// away.
func isHarmless(key, value string) bool {
	if strings.HasPrefix(key, names.Group+"/") {
		return true
	}
	switch key {
	case "kubectl.kubernetes.io/restartedAt", corev1.LastAppliedConfigAnnotation,
		"kubectl.kubernetes.io/default-container", "kubectl.kubernetes.io/default-logs-container",
		"kubernetes.io/description", "kubernetes.io/limit-ranger", "controller.kubernetes.io/pod-deletion-cost",
		"batch.kubernetes.io/job-completion-index", "batch.kubernetes.io/job-index-failure-count",
		"openshift.io/scc", "security.openshift.io/validated-scc-subject-type":
		return true
	}
	if keepsInjectorAway(key, value) {
		return true
	}
	// Some API servers write the older spelling beside the field.
	return value == corev1.DeprecatedAppArmorBetaProfileRuntimeDefault && strings.HasPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix)
}

// obeyedByRuntimes knows the annotations with which containerd, CRI-O, runc, crun, Kata
// Containers and gVisor give a container devices, hooks, another sandbox or another
// security profile.
func obeyedByRuntimes(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	for _, prefix := range [...]string{
		"io.kubernetes.cri", "io.containerd.", "io.katacontainers.", "io.podman.", "org.systemd.property.", "run.oci.", "dev.gvisor.",
		"com.github.containers.", "cdi.k8s.io",
	} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return strings.HasSuffix(domain, ".nri.io") || strings.HasSuffix(domain, ".crio.io") || strings.HasSuffix(domain, ".cri-o.io")
}
