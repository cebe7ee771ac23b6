package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Governing says how another command governs a namespace, as the flags of `site add` do.
type Governing struct {
	Namespace string
	// Policy is the file with the SitePolicy.
	Policy             string
	ServerNamespaces   []string
	ServerCIDRs        []string
	HostsServer        bool
	Admins, Scientists []string
}

// visibleWithin is how long the webhook needs at most to hear of a policy.
const visibleWithin = 10

// Govern puts a namespace under a SitePolicy, unless it is under one. A user who may not do
// that is shown how to ask for it.
func Govern(ctx context.Context, c clients.Clients, known Known, g Governing, streams genericiooptions.IOStreams, clk clock.Clock) error {
	typed, err := c.Typed()
	if err != nil {
		return err
	}
	namespace, err := typed.CoreV1().Namespaces().Get(ctx, g.Namespace, metav1.GetOptions{})
	switch {
	case apierrors.IsForbidden(err):
		return nil // who may not read the namespace does not govern it either
	case err != nil:
		return err
	case namespace.Labels[names.LabelSitePolicy] != "":
		return nil
	}
	o := &AddOptions{flags: g.flags(known), Printer: output.NewPrinter(), clients: c, IOStreams: streams}
	if o.plan, err = newPlan(ctx, g.Namespace, &o.flags); err != nil {
		return err
	}
	if err := o.may(ctx); err != nil {
		if apierrors.IsForbidden(err) {
			o.warn(fmt.Sprintf("namespace %q is not governed, and you may not change that: send a cluster admin what `kubectl flare site request %s --policy=%s` prints, with the flags for its network (%v)", g.Namespace, g.Namespace, g.Policy, err))
			return nil
		}
		return err
	}
	return errors.Join(o.Run(ctx), o.visible(ctx, clk))
}

func (g Governing) flags(known Known) flags {
	return flags{
		Policy: g.Policy, ServerNamespaces: g.ServerNamespaces, ServerCIDRs: g.ServerCIDRs, HostsServer: g.HostsServer,
		Admins: g.Admins, Scientists: g.Scientists, known: known, changed: func(string) bool { return false },
	}
}

// may rehearses everything.
func (o *AddOptions) may(ctx context.Context) error {
	if err := o.installed(ctx); err != nil {
		return err
	}
	_, err := (&engine.Engine{}).Rehearse(ctx, o.steps())
	return err
}

// visible waits until the policy's status names the namespace: until then, the webhook denies
// every kit and every pod there. A status that does not come is nothing to wait for.
func (o *AddOptions) visible(ctx context.Context, clk clock.Clock) error {
	client, err := o.clients.Dynamic()
	if err != nil {
		return err
	}
	for range visibleWithin {
		found, err := client.Resource(v1alpha1.GroupVersion().WithResource(v1alpha1.Resource)).Get(ctx, o.plan.policyName, metav1.GetOptions{})
		policy := &v1alpha1.SitePolicy{}
		if err == nil {
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, policy)
		}
		if err != nil || governs(policy, o.plan.namespace) {
			return nil //nolint:nilerr // it is written; who may not read it does not wait
		}
		select {
		case <-clk.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func governs(policy *v1alpha1.SitePolicy, namespace string) bool {
	return slices.Contains(policy.Status.GovernedNamespaces.Names, namespace)
}
