package checks

import (
	"cmp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/rules"
)

// SiteRules runs only this check, for an update that changes only labels or annotations.
func SiteRules(p *Pod) []Result { return siteRules(p) }

// siteRules evaluates the site's own rules, in CEL. A template whose kit does not exist
// yet is not evaluated: rules may be about the kit, and its pods are denied until it exists.
//
// Fields: whichever the rules are about.
func siteRules(p *Pod) []Result {
	set := p.Site.Rules()
	if set == nil || (p.Template && p.KitName != "" && p.Kit == nil) {
		return nil
	}
	var results []Result
	for _, f := range set.Evaluate(p.ruleInput()) {
		results = append(results, p.ruleFailed(&f))
	}
	return results
}

func (p *Pod) ruleFailed(f *rules.Failure) Result {
	r := Result{ID: IDRules, Field: p.Prefix, Reason: "the rule " + quote(f.Rule) + " denies the pod", Detail: f.Message}
	r.Fix = "make this true: " + oneLine(f.Expression)
	if f.Err != nil {
		r.Reason = "the rule " + quote(f.Rule) + " cannot be evaluated, so it denies the pod"
		r.Detail = quote(f.Err.Error())
		r.Fix = "ask a cluster admin to correct the rule, for example with has() around fields that pods may lack: " + oneLine(f.Expression)
	}
	return r
}

func (p *Pod) ruleInput() *rules.Input {
	in := &rules.Input{Object: p.Object, OldObject: p.Old, Request: p.ruleRequest(), Kit: p.ruleKit()}
	// With two local/, which the check local denies, no one could say whose settings apply.
	if all := p.readings(); len(all) == 1 {
		in.Settings, in.Unclear = all[0].Values, all[0].Unclear
	}
	return in
}

// ruleRequest is the request for the pod: for a template, the request for a pod that the
// workload will make.
func (p *Pod) ruleRequest() *rules.Request {
	a := cmp.Or(p.Attributes, &Attributes{})
	r := &rules.Request{
		Kind: metav1.GroupVersionKind{Version: "v1", Kind: "Pod"}, Resource: rules.Resource{Resource: "pods"}, SubResource: a.Subresource,
		RequestResource: rules.Resource{Group: a.Resource.Group, Resource: a.Resource.Resource},
		Name:            a.Name, Namespace: p.Namespace, Operation: a.Operation, UserInfo: a.User, DryRun: a.DryRun,
	}
	if p.Template {
		r.Operation, r.Name = "CREATE", ""
	}
	return r
}

func (p *Pod) ruleKit() *rules.Kit {
	k := p.Kit
	if k == nil {
		return nil
	}
	return &rules.Kit{
		Framework: k.Framework, Version: k.Version, Federation: k.Federation, Participant: k.Participant, Org: k.Org,
		Role: string(k.Role), PodRole: string(p.Role()), Server: rules.Server{Host: k.Server.Host, Port: k.Server.Port},
		Digest: k.Digest, Serial: k.Serial, SealedBy: string(k.SealedBy),
	}
}
