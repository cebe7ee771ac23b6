package checks

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// resources bounds what one participant's pod takes. A missing limit on a named
// resource is no limit at all and is refused; so is a device that is not named,
// since a card can be asked for under several names.
//
// Fields: resources.limits of every container, resources of the pod.
func resources(p *Pod) []Result {
	if len(p.Policy.Resources.Max) == 0 {
		return nil
	}
	results := p.unnamedDevices()
	for name, most := range p.Policy.Resources.Max {
		if missing, ok := p.missingLimit(name); ok {
			results = append(results, missing)
			continue
		}
		if total := p.total(name); total.Cmp(most) > 0 {
			results = append(results, p.fail(IDResources, "containers", "more than the policy's maximum", "ask for less",
				"limits.%s is %s over all containers, at most %s is allowed", name, total.String(), most.String()))
		}
	}
	// Maps have no order, and a message must not change from one try to the next.
	sortByDetail(results)
	return results
}

func sortByDetail(results []Result) {
	slices.SortFunc(results, func(a, b Result) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Detail, b.Detail))
	})
}

// missingLimit: devices have no default, so a missing limit there means none.
func (p *Pod) missingLimit(name corev1.ResourceName) (Result, bool) {
	if IsDevice(name) || (p.Spec.Resources != nil && has(p.Spec.Resources.Limits, name)) {
		return Result{}, false
	}
	for c := range Containers(p.Spec) {
		if c.List == listEphemeral || c.Container == p.Verifier.Container || has(c.Resources.Limits, name) {
			continue // ephemeral containers cannot have limits; the verifier has its own
		}
		return p.failIn(c, IDResources, "resources.limits", "a limit is missing", "set a limit for "+string(name), "the policy bounds %s", name), true
	}
	return Result{}, false
}

// total is what the pod may take at once: all ordinary containers and sidecars
// together, or the largest init container with the sidecars before it.
// A limit of the whole pod bounds it where there is one.
func (p *Pod) total(name corev1.ResourceName) resource.Quantity {
	var running, most resource.Quantity
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		need := running.DeepCopy()
		need.Add(demand(c.Resources, name))
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			running = need
		}
		most = larger(most, need)
	}
	for i := range p.Spec.Containers {
		running.Add(demand(p.Spec.Containers[i].Resources, name))
	}
	most = larger(most, running)
	if p.Spec.Resources != nil {
		most = larger(most, demand(*p.Spec.Resources, name))
	}
	return most
}

func larger(a, b resource.Quantity) resource.Quantity {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

func demand(r corev1.ResourceRequirements, name corev1.ResourceName) resource.Quantity {
	return larger(r.Limits[name], r.Requests[name])
}

func (p *Pod) unnamedDevices() []Result {
	var results []Result
	for c := range Containers(p.Spec) {
		for i, list := range [2]corev1.ResourceList{c.Resources.Limits, c.Resources.Requests} {
			for name := range list {
				if i > 0 && has(c.Resources.Limits, name) {
					continue // the API server makes requests of limits
				}
				if IsDevice(name) && !has(p.Policy.Resources.Max, name) {
					results = append(results, p.failIn(c, IDResources, "resources", "a resource that the policy does not name", "leave it out, or let spec.resources.max name it", "%s", quote(string(name))))
				}
			}
		}
	}
	return results
}

// IsDevice says whether a resource is a device or huge pages: all but the three
// that every container has.
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

// Resize evaluates a pod whose amounts are being changed: nothing else can come
// through that door, but what a later Kubernetes lets through.
func Resize(p *Pod) []Result {
	results := p.unknownFields()
	if !p.Federated {
		return results
	}
	return append(results, resources(p)...)
}
