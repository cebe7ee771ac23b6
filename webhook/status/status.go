// Package status writes the status of SitePolicies, so that `kubectl get sitepolicies`
// answers whether a site is protected. Of all replicas of the webhook, the one that holds a
// Lease writes it, and only if something changed.
package status

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Policies are the policies and which namespaces they govern, as verdicts see them.
type Policies interface {
	Policy(name string) *policies.Policy
	Namespaces(policy string) []string
	Ready() error
}

// Kits reads and verifies the kits that pods use.
type Kits interface {
	Kit(ctx context.Context, namespace, secret string, policy *v1alpha1.SitePolicy) *policies.KitFact
}

// Writer writes the status of all SitePolicies.
type Writer struct {
	// Cached has the SitePolicies, and Client asks the API server.
	Cached   client.Reader
	Client   client.Client
	Policies Policies
	Kits     Kits
	Clock    clock.WithTicker
	Log      logr.Logger
	// Every is how often the status is compared, and KitsEvery how often the kits of all
	// pods are looked at, which costs a list of pods.
	Every, KitsEvery time.Duration
}

// Run writes until the context ends. Errors are logged, and what failed is tried again.
func (w *Writer) Run(ctx context.Context) {
	kits := &survey{Writer: w, known: map[string]found{}}
	ticker := w.Clock.NewTicker(w.Every)
	defer ticker.Stop()
	for {
		if err := w.write(ctx, kits); err != nil && ctx.Err() == nil {
			w.Log.Info("the status of SitePolicies cannot be written", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C():
		}
	}
}

func (w *Writer) write(ctx context.Context, kits *survey) error {
	if err := w.Policies.Ready(); err != nil {
		return err
	}
	var all v1alpha1.SitePolicyList
	if err := w.Cached.List(ctx, &all); err != nil {
		return fmt.Errorf("the SitePolicies cannot be listed: %w", err)
	}
	var errs []error
	for i := range all.Items {
		errs = append(errs, w.writeOne(ctx, kits, &all.Items[i]))
	}
	kits.forget(all.Items)
	return errors.Join(errs...)
}

// writeOne writes the status of one policy. Another replica may just have written the same.
func (w *Writer) writeOne(ctx context.Context, kits *survey, policy *v1alpha1.SitePolicy) error {
	compiled := w.Policies.Policy(policy.Name)
	if compiled == nil || (compiled.Valid() && compiled.Source().Generation != policy.Generation) {
		return nil // its event is on the way
	}
	seen := observed{policy: compiled, namespaces: w.Policies.Namespaces(policy.Name), now: w.Clock.Now()}
	if compiled.Valid() {
		var err error
		if seen.kits, err = kits.of(ctx, compiled.Source(), seen.namespaces); err != nil {
			return err
		}
	}
	after := policy.DeepCopy()
	seen.apply(&after.Status, policy.Generation)
	if equality.Semantic.DeepEqual(policy.Status, after.Status) {
		return nil
	}
	if err := w.Client.Status().Patch(ctx, after, client.MergeFrom(policy)); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("SitePolicy %s: %w", policy.Name, err)
	}
	return nil
}
