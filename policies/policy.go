// Package policies decides what must be true in a governed namespace. It is
// pure: no cluster, no clock of its own, no file system. A SitePolicy is compiled
// once; Policy.Evaluate is the only place where a verdict is made, for the webhook
// and for the command line alike.
package policies

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The IDs of results that no check gives.
const (
	// IDPolicy is given where there is no policy, or none that is valid.
	IDPolicy = "policy"
	// IDRequest is given where the request is not one that a policy can evaluate.
	IDRequest = "request"
)

// Policy is a compiled SitePolicy. It does not change, and any number of goroutines
// may share it. A nil Policy stands for the one that a namespace names and that does
// not exist or is not loaded: it denies everything. So does one that Invalid made.
type Policy struct {
	name    string
	site    *compiled.Policy
	checks  *checks.Registry
	invalid field.ErrorList
}

// Compile makes a Policy of a SitePolicy, which may lack its defaults. It says all
// that is wrong with it, by field; the Policy is nil then.
func Compile(source *v1alpha1.SitePolicy, with *Catalog) (*Policy, field.ErrorList) {
	site, errs := compiled.New(source, with.tools)
	if len(errs) > 0 {
		return nil, errs
	}
	return &Policy{name: source.Name, site: site, checks: with.checks}, nil
}

// Invalid stands for a SitePolicy that Compile refused with these errors. It denies
// everything and says why, whatever the enforcement mode: nobody can know what such
// a policy means.
func Invalid(name string, errs field.ErrorList) *Policy {
	return &Policy{name: name, invalid: errs}
}

// Valid says whether there is a policy that requests can be held to.
func (p *Policy) Valid() bool { return p != nil && p.site != nil }

// Name is the SitePolicy's name, empty for a nil Policy.
func (p *Policy) Name() string {
	if p == nil {
		return ""
	}
	return p.name
}

// Source is the SitePolicy with its defaults; nil unless the Policy is valid. It
// must not be changed.
func (p *Policy) Source() *v1alpha1.SitePolicy {
	if !p.Valid() {
		return nil
	}
	return p.site.Source()
}

// Mutate adds to a pod what the policy demands and its author left out. It returns
// the pod itself where there is nothing to change, and where there is no valid
// policy.
func (p *Policy) Mutate(pod *corev1.Pod, f Facts) *corev1.Pod {
	if !p.Valid() {
		return pod
	}
	return mutation.Mutate(pod, p.site, f)
}

// Explain gives what every check says about a pod, or about the pod that a
// workload would make, and the pod as the checks see it. It looks at what
// Evaluate looks at, and at nothing that Evaluate does not. nil means that there
// is no pod to look at, or no valid policy.
func (p *Policy) Explain(r Review, f Facts) (*checks.Pod, []checks.Finding) {
	if !p.Valid() {
		return nil, nil
	}
	pod := p.podOf(&r, &f)
	if pod == nil {
		return nil, nil
	}
	return pod, p.checks.Explain(pod)
}

func (p *Policy) podOf(r *Review, f *Facts) *checks.Pod {
	if pod, ok := r.Object.(*corev1.Pod); ok {
		return checks.NewPod(pod, p.site, f, r.request())
	}
	if pod, path, ok := Extract(r.Object); ok {
		return p.templatePod(r, pod, path, f)
	}
	return nil
}
