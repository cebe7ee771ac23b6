package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// resources limits what one participant's pod may use. It denies a missing limit for a
// listed resource, which would be unlimited, and devices that are not listed, since one
// card may have several resource names.
//
// Fields: resources.limits of every container, resources of the pod.
func resources(p *Pod) []Result {
	maxima := p.Site.Maxima()
	if len(maxima) == 0 {
		return nil
	}
	var results []Result
	for i := range maxima {
		name, most := maxima[i].Name, &maxima[i].Most
		if missing, ok := p.missingLimit(name); ok {
			results = append(results, missing)
			continue
		}
		if total := p.total(name); total.Cmp(*most) > 0 {
			results = append(results, p.fail(IDResources, "containers", "more than the policy's maximum", "request less",
				"limits.%s is %s in total over all containers, but at most %s is allowed", name, total.String(), most.String()))
		}
	}
	return append(results, p.unnamedDevices()...)
}

// missingLimit finds a container without a limit. A container without a limit for a
// device has no device, so devices need none.
func (p *Pod) missingLimit(name corev1.ResourceName) (Result, bool) {
	if IsDevice(name) || (p.Spec.Resources != nil && has(p.Spec.Resources.Limits, name)) {
		return Result{}, false
	}
	for _, c := range p.containers {
		if c.List == listEphemeral || c.Container == p.Verifier.Container || has(c.Resources.Limits, name) {
			continue // ephemeral containers cannot have limits; the verifier has fixed ones
		}
		return p.failIn(c, IDResources, "resources.limits", "a limit is missing", "set a limit for "+string(name), "spec.resources.max of the policy limits %s", name), true
	}
	return Result{}, false
}

// total is what the pod may use at once: all ordinary containers and sidecars together,
// or the largest init container with the sidecars before it, or the limit of the whole
// pod, whatever is largest.
func (p *Pod) total(name corev1.ResourceName) resource.Quantity {
	if len(p.Spec.InitContainers) == 0 && len(p.Spec.Containers) == 1 && p.Spec.Resources == nil {
		return demand(&p.Spec.Containers[0].Resources, name) // most pods: there is nothing to add
	}
	var running, most resource.Quantity
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		need := running.DeepCopy()
		need.Add(demand(&c.Resources, name))
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			running = need
		}
		most = larger(most, need)
	}
	for i := range p.Spec.Containers {
		running.Add(demand(&p.Spec.Containers[i].Resources, name))
	}
	most = larger(most, running)
	if p.Spec.Resources != nil {
		most = larger(most, demand(p.Spec.Resources, name))
	}
	return most
}

func larger(a, b resource.Quantity) resource.Quantity {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

func demand(r *corev1.ResourceRequirements, name corev1.ResourceName) resource.Quantity {
	limit := r.Limits[name]
	if request, ok := r.Requests[name]; ok && limit.Cmp(request) < 0 {
		return request
	}
	return limit
}

// unnamedDevices denies devices and huge pages that the policy does not list, of containers
// and of the whole pod.
func (p *Pod) unnamedDevices() []Result {
	const reason, fix = "a resource that the policy does not list", "remove it, or add it to spec.resources.max"
	var results []Result
	for _, c := range p.containers {
		for _, name := range p.unnamed(&c.Resources) {
			results = append(results, p.failIn(c, IDResources, "resources", reason, fix, "%s", quote(name)))
		}
	}
	if p.Spec.Resources != nil {
		for _, name := range p.unnamed(p.Spec.Resources) {
			results = append(results, p.fail(IDResources, "resources", reason, fix, "%s", quote(name)))
		}
	}
	return results
}

// unnamed are the devices that the policy does not list, each once: the API server copies
// limits to requests.
func (p *Pod) unnamed(r *corev1.ResourceRequirements) []string {
	var found []string
	for _, list := range [2]corev1.ResourceList{r.Limits, r.Requests} {
		for name := range list {
			if IsDevice(name) && !has(p.Policy.Resources.Max, name) {
				found = append(found, string(name))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// IsDevice says whether a resource is a device or huge pages: any resource but the three
// that every container uses.
func IsDevice(name corev1.ResourceName) bool {
	switch name {
	case corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage:
		return false
	}
	return !strings.HasPrefix(string(name), "requests.")
}

func has(list corev1.ResourceList, name corev1.ResourceName) bool {
	_, ok := list[name]
	return ok
}

// Resize evaluates a resize, which can change only the resources of containers, and
// perhaps fields of a later version of Kubernetes.
func Resize(p *Pod) []Result {
	results := p.unknownFields()
	if !p.Federated {
		return results
	}
	return append(results, resources(p)...)
}
