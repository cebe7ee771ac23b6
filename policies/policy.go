// Package policies decides what is allowed in a governed namespace. It is pure: it
// uses no cluster, clock or file system. A SitePolicy is compiled once. Only
// Policy.Evaluate makes verdicts, both for the webhook and for the command line.
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
	// IDPolicy is the ID if the policy does not exist or is invalid.
	IDPolicy = "policy"
	// IDRequest is the ID if policies have no rules for the request.
	IDRequest = "request"
)

// Policy is a compiled SitePolicy. It does not change, and any number of goroutines
// may share it. A nil Policy represents a policy that a namespace names but that does
// not exist or is not loaded. A nil Policy and one made by Invalid deny everything.
type Policy struct {
	name    string
	site    *compiled.Policy
	checks  *checks.Registry
	invalid field.ErrorList
	// plain are the audit annotations of most verdicts: allowed, and nothing to add.
	plain map[string]string
}

// Compile makes a Policy of a SitePolicy, which may lack its defaults. If the
// SitePolicy is invalid, it returns all errors, by field, and no Policy.
func Compile(source *v1alpha1.SitePolicy, with *Catalog) (*Policy, field.ErrorList) {
	site, errs := compiled.New(source, with.tools)
	if len(errs) > 0 {
		return nil, errs
	}
	return &Policy{name: source.Name, site: site, checks: with.checks, plain: annotations(source.Name, verdictAllowed, nil)}, nil
}

// Invalid makes the Policy of a SitePolicy for which Compile returned these errors.
// It denies everything in every enforcement mode and says why, since the meaning of
// an invalid policy is unknown.
func Invalid(name string, errs field.ErrorList) *Policy {
	return &Policy{name: name, invalid: errs}
}

// Valid says whether the policy exists and is valid.
func (p *Policy) Valid() bool { return p != nil && p.site != nil }

// Errors are what Compile found wrong, if the Policy was made by Invalid.
func (p *Policy) Errors() field.ErrorList {
	if p == nil {
		return nil
	}
	return p.invalid
}

// Name is the SitePolicy's name. It is empty for a nil Policy.
func (p *Policy) Name() string {
	if p == nil {
		return ""
	}
	return p.name
}

// Source is the SitePolicy with its defaults, or nil if the Policy is not valid. It
// must not be changed.
func (p *Policy) Source() *v1alpha1.SitePolicy {
	if !p.Valid() {
		return nil
	}
	return p.site.Source()
}

// Mutate adds to a pod what the policy requires and its author omitted. It returns the
// pod itself if there is nothing to change, or if the policy is not valid.
func (p *Policy) Mutate(pod *corev1.Pod, f Facts) *corev1.Pod {
	if !p.Valid() {
		return pod
	}
	return mutation.Mutate(pod, p.site, f)
}

// Patch is the patch from a pod to the result of Mutate; nil if there is nothing to change.
func (p *Policy) Patch(pod *corev1.Pod, f Facts) []mutation.Operation {
	if !p.Valid() {
		return nil
	}
	return mutation.PatchFor(pod, p.site, f)
}

// Empty is the patch of a Secret whose content the policy does without: a launcher's copy of a
// kit. It is nil for every other Secret, or if the policy is not valid.
func (p *Policy) Empty(s, old *corev1.Secret) []mutation.Operation {
	if !p.Valid() {
		return nil
	}
	return mutation.Empty(s, old, p.site.Profiles())
}

// Explain returns what every check says about a pod, or about the pod that a workload
// would make, and the pod as the checks see it. It looks at exactly what Evaluate
// looks at. It returns nil if there is no pod, or if the policy is not valid.
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
		return checks.NewPod(pod, p.site, f, p.request(r))
	}
	if pod, path, ok := Extract(r.Object); ok {
		return p.templatePod(r, pod, path, f)
	}
	return nil
}
