package policies

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Evaluate decides on one request.
func (p *Policy) Evaluate(r Review, f Facts) Decision {
	switch {
	case r.Operation == Delete && f.Terminating:
		return allowed(f.PolicyName)
	case p == nil:
		return noPolicy(&r, &f)
	case p.site == nil:
		return denied(p.name, invalid(p.invalid))
	}
	var opened BreakGlass
	if f.BreakGlass {
		opened, f.BreakGlass = p.BreakGlass(f.Now)
	}
	results, exempt := p.results(&r, &f), []checks.Result(nil)
	if f.Govern {
		results, exempt = split(results)
	}
	d := p.decide(results)
	d.exempt(r.User.Username, exempt)
	if f.BreakGlass && d.Allowed {
		d.used(&r, opened)
	}
	return d
}

// noPolicy denies with a hint. A policy is missing if the namespace is labelled
// before the policy is created, or if the webhook has just started.
func noPolicy(r *Review, f *Facts) Decision {
	return denied(f.PolicyName, []checks.Result{{
		ID:     IDPolicy,
		Reason: "the policy does not exist or is not loaded yet",
		Detail: fmt.Sprintf("it governs namespace %q (label %s=%s)", r.Namespace, names.LabelSitePolicy, f.PolicyName),
		Fix:    fmt.Sprintf("ask a cluster admin to create it (kubectl flare site add %s --policy FILE), or to correct the label", r.Namespace),
	}})
}

// results finds what is wrong with a request. A request of a kind that no rule is
// for is denied, since its sender relies on a verdict.
func (p *Policy) results(r *Review, f *Facts) []checks.Result {
	if r.Operation == Delete {
		return p.deletion(r)
	}
	if r.Operation == Connect {
		return p.connect(r, f)
	}
	switch r.Resource.String() {
	case pods:
		return p.podRequest(r, f)
	case bindings:
		return checks.Binding(r.User.Username, f.Binders)
	case secrets:
		return p.secret(r, f)
	case configMaps:
		return p.configMap(r, f)
	case claims:
		return p.claim(r, f)
	case snapshots:
		return p.snapshot(r, f)
	case networkPolicies, services, endpoints, endpointSlices, ingresses:
		return p.network(r)
	case sitePolicies:
		return unknown(r) // for Catalog.EvaluateSitePolicy
	}
	return p.template(r, f)
}

func unknown(r *Review) []checks.Result {
	return []checks.Result{{
		ID: IDRequest, Reason: "a SitePolicy has no rules for this request",
		Detail: fmt.Sprintf("%s %s/%s with a %T", r.Operation, r.Resource, r.Subresource, r.Object),
		Fix:    "ask a cluster admin to update kubectl-flare: the webhook configuration does not match the webhook's version",
	}}
}

func (p *Policy) secret(r *Review, f *Facts) []checks.Result {
	secret, ok := r.Object.(*corev1.Secret)
	if !ok || secret == nil {
		return unknown(r)
	}
	old, _ := r.OldObject.(*corev1.Secret)
	return checks.Secret(secret, old, p.site, f, p.request(r))
}

func (p *Policy) configMap(r *Review, f *Facts) []checks.Result {
	m, ok := r.Object.(*corev1.ConfigMap)
	if !ok || m == nil {
		return unknown(r)
	}
	old, _ := r.OldObject.(*corev1.ConfigMap)
	return checks.ConfigMap(m, old, p.site, f)
}
