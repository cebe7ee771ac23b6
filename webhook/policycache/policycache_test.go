package policycache

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func namespace(name, policy string) *metav1.PartialObjectMetadata {
	n := &metav1.PartialObjectMetadata{}
	n.Name = name
	if policy != "" {
		n.Labels = map[string]string{names.LabelSitePolicy: policy}
	}
	return n
}

// listener keeps what it hears.
type listener struct{ events []string }

// PolicyLoaded implements Observer.
func (l *listener) PolicyLoaded(policy string, _ int64, invalid error) {
	state := " valid"
	if invalid != nil {
		state = " invalid"
	}
	l.events = append(l.events, policy+state)
}

// PolicyGone implements Observer.
func (l *listener) PolicyGone(policy string) { l.events = append(l.events, policy+" gone") }

func TestFor(t *testing.T) {
	heard := &listener{}
	c := New(policiestest.Catalog(t), heard)
	policyEvents, namespaces := on(c.setPolicy, c.dropPolicy), on(c.setNamespace, c.dropNamespace)
	expect := func(what string, policy *v1alpha1.SitePolicy, name string) {
		t.Helper()
		got, gotName := c.For("ns")
		if got.Source() == nil != (policy == nil) || gotName != name || (policy != nil && got.Source().Name != policy.Name) {
			t.Errorf("%s: %v %q", what, got, gotName)
		}
	}
	expect("nothing", nil, "")
	namespaces.OnAdd(namespace("ns", "hospital-a"), true)
	expect("no policy yet", nil, "hospital-a")
	good := policiestest.Policy(t)
	policyEvents.OnAdd(good, true)
	expect("all there", good, "hospital-a")
	first, _ := c.For("ns")
	second, _ := c.For("ns")
	require.Same(t, first, second, "a policy is compiled once")

	written := good.DeepCopy()
	written.Generation, written.UID = 3, "u"
	policyEvents.OnUpdate(good, written)
	compiled, _ := c.For("ns")
	status := written.DeepCopy()
	status.Status.ObservedGeneration = 3
	policyEvents.OnUpdate(written, status)
	again, _ := c.For("ns")
	require.Same(t, compiled, again, "only the status changed")
	opened := written.DeepCopy()
	opened.Annotations = map[string]string{"kubectl-flare.dev/break-glass-reason": "x"}
	policyEvents.OnUpdate(written, opened)
	again, _ = c.For("ns")
	require.NotSame(t, compiled, again, "break-glass is in the annotations")
	require.Equal(t, []string{"ns"}, c.Namespaces("hospital-a"))
	require.Same(t, again, c.Policy("hospital-a"))

	bad := good.DeepCopy()
	bad.Spec.Kits.TrustRoots[0].SHA256 = "no fingerprint"
	policyEvents.OnUpdate(good, bad)
	expect("an invalid policy", nil, "hospital-a")
	invalid, _ := c.For("ns")
	decision := invalid.Evaluate(policies.Review{Operation: policies.Create}, policies.Facts{})
	require.False(t, decision.Allowed)
	require.Contains(t, decision.Message(), "spec.kits.trustRoots[0].sha256")
	require.Equal(t, []string{"hospital-a valid", "hospital-a invalid"}, slices.Compact(heard.events))
	policyEvents.OnUpdate(bad, good)
	expect("corrected", good, "hospital-a")

	namespaces.OnUpdate(namespace("ns", "hospital-a"), namespace("ns", ""))
	expect("not governed any more", nil, "")
	namespaces.OnUpdate(namespace("ns", ""), namespace("ns", "hospital-a"))
	policyEvents.OnDelete(toolscache.DeletedFinalStateUnknown{Obj: good})
	require.Equal(t, "hospital-a gone", heard.events[len(heard.events)-1])
	expect("deleted unseen", nil, "hospital-a")
	namespaces.OnDelete(namespace("ns", "hospital-a"))
	expect("nothing again", nil, "")
}

// A namespace that is being deleted is known only as long as it is governed.
func TestTerminating(t *testing.T) {
	c := New(nil, &listener{})
	namespaces := on(c.setNamespace, c.dropNamespace)
	going := namespace("ns", "hospital-a")
	namespaces.OnAdd(going, true)
	require.False(t, c.Terminating("ns"))
	going = going.DeepCopy()
	going.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	namespaces.OnUpdate(nil, going)
	require.True(t, c.Terminating("ns"))
	require.False(t, c.Terminating("other"))
	namespaces.OnDelete(going)
	require.False(t, c.Terminating("ns"))
}

func TestReady(t *testing.T) {
	c := New(nil, &listener{})
	if c.Ready() == nil {
		t.Error("ready before it watches")
	}
	synced := false
	c.synced = append(c.synced, func() bool { return true }, func() bool { return synced })
	if c.Ready() == nil {
		t.Error("ready before all is loaded")
	}
	synced = true
	if err := c.Ready(); err != nil {
		t.Error(err)
	}
}
