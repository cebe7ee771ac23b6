package battery

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Evaluator is the first door: the evaluator in process, after mutation where the
// API server would mutate.
func Evaluator(_ context.Context, _ testing.TB, c *Case) Verdict {
	a := c.Attributes
	if _, ok := a.Object.(*v1alpha1.SitePolicy); ok {
		return verdictOf(policies.EvaluateSitePolicy(a))
	}
	w := &c.World
	var pod *corev1.Pod
	var template bool
	if pod, _ = a.Object.(*corev1.Pod); pod == nil {
		pod, _, template = policies.Extract(a.Object)
	}
	if pod != nil && !template && a.Operation == policies.Create && a.Subresource == "" {
		pod = mutation.Mutate(pod, w.Policy, w.facts(pod, true))
		a.Object = pod
	}
	f := w.facts(pod, template)
	if w.Policy != nil {
		c.reviewed(&f)
	}
	d := policies.Evaluate(a, w.Policy, f)
	if !d.Allowed && w.BreakGlass && w.Policy != nil {
		f.BreakGlass = a.Operation == policies.Connect || a.Subresource == "ephemeralcontainers"
		d = policies.Evaluate(a, w.Policy, f)
	}
	return verdictOf(d)
}

// reviewed adds the facts of requests that are not about a pod.
func (c *Case) reviewed(f *policies.Facts) {
	if secret, ok := c.Attributes.Object.(*corev1.Secret); ok {
		f.Kits[secret.Name] = kitfact.Under(frameworks.Default(), &c.World.Policy.Spec, secret)
	}
	if c.Attributes.Operation != policies.Connect {
		return
	}
	f.Targets = c.World.targets(c.Attributes.Resource.Resource, target(c.Attributes.Name))
	for _, pod := range f.Targets {
		c.World.lookAt(f, pod)
	}
}

// target takes scheme and port off the name of a proxy request.
func target(name string) string {
	if parts := strings.Split(name, ":"); len(parts) > 1 {
		return parts[len(parts)-2]
	}
	return name
}

func verdictOf(d policies.Decision) Verdict {
	v := Verdict{Allowed: d.Allowed, Messages: d.Warnings}
	if !d.Allowed {
		v.Messages = strings.Split(d.Message(), "\n")
	}
	v.Audited = new(d.AuditAnnotations[policies.AuditMessage] != "")
	return v
}
