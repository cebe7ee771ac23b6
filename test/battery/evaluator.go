package battery

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Evaluator is the first endpoint: the evaluator in process, after mutation where
// the API server would mutate.
func Evaluator(_ context.Context, t testing.TB, c *Case) Verdict {
	t.Helper()
	return c.evaluate(c.Snapshot.Site, catalog(t))
}

// EvaluatorWith is the same with policies that are compiled with another catalog.
func EvaluatorWith(other *policies.Catalog) Submit {
	return func(_ context.Context, _ testing.TB, c *Case) Verdict {
		return c.evaluate(c.Snapshot.compile(other), other)
	}
}

func (c *Case) evaluate(site *policies.Policy, known *policies.Catalog) Verdict {
	r, snap := c.Review, &c.Snapshot
	if _, ok := r.Object.(*v1alpha1.SitePolicy); ok {
		return verdictOf(known.EvaluateSitePolicy(r, policies.Facts{Now: time.Now(), BreakGlass: c.Snapshot.BreakGlass, Govern: c.Snapshot.Govern}))
	}
	if c.Mutates() {
		r.Object = c.mutated(site)
	}
	pod, ok := r.Object.(*corev1.Pod)
	if !ok {
		pod, _, _ = policies.Extract(r.Object)
	}
	f := snap.facts(pod)
	c.launcher(&f, site)
	if site.Valid() {
		c.reviewed(&f)
	}
	f.Terminating = snap.Terminating
	snap.claims(&f, policies.CopySources(&r))
	d := site.Evaluate(r, f)
	if !d.Allowed && snap.Govern && d.NeedsGovern() {
		f.Govern = true
		d = site.Evaluate(r, f)
	}
	if !d.Allowed && snap.BreakGlass && site.Valid() {
		f.BreakGlass = r.Operation == policies.Connect || r.Subresource == "ephemeralcontainers"
		d = site.Evaluate(r, f)
	}
	return verdictOf(d)
}

// Mutates says whether the request is for a new pod or for a Secret, which mutation may
// change.
func (c *Case) Mutates() bool {
	switch c.Review.Object.(type) {
	case *corev1.Pod:
		return !c.Unmutated && c.Review.Operation == policies.Create && c.Review.Subresource == ""
	case *corev1.Secret:
		return !c.Unmutated && c.Review.Operation != policies.Delete
	}
	return false
}

// Mutated is the object after mutation, the same one if nothing changes.
func (c *Case) Mutated() runtime.Object { return c.mutated(c.Snapshot.Site) }

func (c *Case) mutated(site *policies.Policy) runtime.Object {
	switch o := c.Review.Object.(type) {
	case *corev1.Pod:
		f := c.Snapshot.facts(o)
		c.launcher(&f, site)
		return site.Mutate(o, f)
	case *corev1.Secret:
		old, _ := c.Review.OldObject.(*corev1.Secret)
		if site.Empty(o, old) == nil {
			return o
		}
		o = o.DeepCopy()
		o.Data = nil
		return o
	}
	return c.Review.Object
}

// reviewed adds the facts of requests that are not about a pod.
func (c *Case) reviewed(f *policies.Facts) {
	if secret, ok := c.Review.Object.(*corev1.Secret); ok {
		f.Kits[secret.Name] = kitfact.Under(frameworks.Default(), &c.Snapshot.Policy.Spec, secret)
	}
	if m, ok := c.Review.Object.(*corev1.ConfigMap); ok {
		f.Locals[m.Name] = kitfact.LocalUnder(frameworks.Default(), &c.Snapshot.Policy.Spec, m)
	}
	if c.Review.Operation != policies.Connect {
		return
	}
	f.Targets = c.Snapshot.targets(c.Review.Resource.Resource, target(c.Review.Name))
	for _, pod := range f.Targets {
		c.Snapshot.lookAt(f, pod)
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
