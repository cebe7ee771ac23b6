package checks

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Annotations evaluates an update of a pod that changes only its annotations.
func Annotations(p *Pod) []Result { return annotations(p) }

// annotations denies annotations that configure container runtimes, network plugins,
// injectors and autoscalers. Such an annotation may give access to what no field of the
// pod can: devices, host folders or another network.
//
// Participants may have only the annotations below and those of the policy. Other pods may
// have any except those of container runtimes, which give access to the node. In an update,
// only new and changed annotations count: a pod with a scheduling gate may get them before
// it starts.
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
	slices.Sort(bad) // the order of maps varies
	return p.annotationResults(bad)
}

// mostAnnotations is how many annotations a message names.
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
			Fix: "remove it, or add it or its prefix to spec.placement.annotations of the policy",
		})
		if len(results) == mostAnnotations {
			break
		}
	}
	return results
}

// obeys says what an annotation configures, if that is known.
func obeys(key string) string {
	domain, _, _ := strings.Cut(key, "/")
	switch {
	case obeyedByRuntimes(key):
		return " configures the container runtime"
	case strings.HasSuffix(domain, "cni.cncf.io"), domain == "cni.projectcalico.org", domain == "k8s.ovn.org", domain == "ovn.kubernetes.io":
		return " configures the network plugin"
	}
	return ""
}

// isHarmless recognises the annotations of kubectl-flare, those of Kubernetes and of
// platforms that do not change how a pod runs, and those that disable injectors.
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
	// Some API servers also write the older annotation of the field.
	return value == corev1.DeprecatedAppArmorBetaProfileRuntimeDefault && strings.HasPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix)
}

// obeyedByRuntimes recognises the annotations with which containerd, CRI-O, runc, crun,
// Kata Containers and gVisor give a container devices, hooks, another sandbox or another
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
