package checks

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Pod is one pod as the checks see it: the request, the object, the policy, the facts and
// what the pod runs.
type Pod struct {
	Request
	// Object is the whole pod, Meta and Spec are parts of it.
	Object *corev1.Pod
	Meta   *metav1.ObjectMeta
	Spec   *corev1.PodSpec
	// Site is the policy, Policy its spec.
	Site   *compiled.Policy
	Policy *v1alpha1.SitePolicySpec
	Facts  *facts.Facts
	Workload
}

// NewPod prepares a pod for the checks. The pod must not be changed afterwards.
func NewPod(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts, r Request) *Pod {
	p := newPod(pod, site, f, r)
	p.findKit()
	p.find()
	return p
}

// NewPodWithKit is the same for a pod with the given kit, even if it does not refer to
// this kit yet.
func NewPodWithKit(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts, secret string, kit *facts.KitFact) *Pod {
	p := newPod(pod, site, f, Request{})
	p.findReserved()
	p.Federated, p.KitName, p.known, p.Kit, p.owner = true, secret, kit, kit, site.Participant(kit.Participant)
	p.find()
	return p
}

func newPod(pod *corev1.Pod, site *compiled.Policy, f *facts.Facts, r Request) *Pod {
	p := &Pod{Request: r, Object: pod, Meta: &pod.ObjectMeta, Spec: &pod.Spec, Site: site, Policy: site.Spec(), Facts: f}
	p.containers = p.containersOf[:0]
	for c := range Containers(p.Spec) {
		p.containers = append(p.containers, c)
	}
	return p
}

func (p *Pod) find() {
	p.findProfile()
	p.findMain()
	p.findVerifier()
	p.findSources()
	p.hold()
}

// at is the path of a field of the pod's spec in the object.
func (p *Pod) at(field string) string {
	if p.Prefix == "" {
		return "spec." + field
	}
	return p.Prefix + ".spec." + field
}

// fail is a result about a field of the pod's spec.
func (p *Pod) fail(id, field, reason, fix, format string, args ...any) Result {
	return Result{ID: id, Field: p.at(field), Reason: reason, Fix: fix, Detail: fmt.Sprintf(format, args...)}
}

// failMeta is a result about a field of the pod's metadata.
func (p *Pod) failMeta(id, field, reason, fix, detail string) Result {
	path := "metadata." + field
	if p.Prefix != "" {
		path = p.Prefix + "." + path
	}
	return Result{ID: id, Field: path, Reason: reason, Fix: fix, Detail: detail}
}

// failIn is a result about a container; field is below the container's path.
func (p *Pod) failIn(c Container, id, field, reason, fix, format string, args ...any) Result {
	path := c.Field()
	if field != "" {
		path += "." + field
	}
	r := p.fail(id, path, reason, fix, format, args...)
	r.Container = c.Name
	return r
}
