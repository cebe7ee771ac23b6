package status

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// page is how many pods are in memory at a time; maxPages and maxKits bound what the authors
// of pods can make the webhook do for one namespace.
const (
	page     = 100
	maxPages = 100
	maxKits  = 500
)

// inUse are the kits that the pods of a policy's namespaces use. The webhook may read
// Secrets by name only, and pods say which names.
type inUse struct {
	kits []kitInUse
	// unreadable are the namespaces whose pods cannot be listed.
	unreadable []string
	// partial says that there are too many pods or kits.
	partial bool
}

type kitInUse struct {
	namespace, secret, participant string
	until                          time.Time
}

// survey keeps what was found about the kits of each policy until it looks again.
type survey struct {
	*Writer

	known map[string]found
}

type found struct {
	at         time.Time
	generation int64
	namespaces []string
	kits       inUse
}

// retry is how soon a namespace that could not be read is looked at again.
const retry = 30 * time.Second

func (s *survey) of(ctx context.Context, policy *v1alpha1.SitePolicy, namespaces []string) (inUse, error) {
	before, ok := s.known[policy.Name]
	age := s.Clock.Since(before.at)
	if ok && age < s.KitsEvery && (before.kits.unreadable == nil || age < retry) && before.generation == policy.Generation && slices.Equal(before.namespaces, namespaces) {
		return before.kits, nil
	}
	var all inUse
	for _, namespace := range namespaces {
		if err := s.look(ctx, policy, namespace, &all); err != nil {
			return inUse{}, err
		}
	}
	s.known[policy.Name] = found{s.Clock.Now(), policy.Generation, namespaces, all}
	return all, nil
}

// forget drops what is known about policies that are gone.
func (s *survey) forget(policies []v1alpha1.SitePolicy) {
	maps.DeleteFunc(s.known, func(name string, _ found) bool {
		return !slices.ContainsFunc(policies, func(p v1alpha1.SitePolicy) bool { return p.Name == name })
	})
}

// look finds the kits of a namespace.
func (s *survey) look(ctx context.Context, policy *v1alpha1.SitePolicy, namespace string, all *inUse) error {
	names, partial, err := s.names(ctx, namespace)
	if apierrors.IsForbidden(err) {
		all.unreadable = append(all.unreadable, namespace)
		return nil
	}
	if err != nil {
		return fmt.Errorf("the pods of namespace %s cannot be listed: %w", namespace, err)
	}
	all.partial = all.partial || partial
	for _, name := range names {
		fact := s.Kits.Kit(ctx, namespace, name, policy)
		if until := fact.Terms.Until(); fact.Error == "" && !until.IsZero() {
			all.kits = append(all.kits, kitInUse{namespace, name, fact.Participant, until})
		}
	}
	return nil
}

// names are the kits to which the pods of a namespace refer, each once.
func (s *survey) names(ctx context.Context, namespace string) (names []string, partial bool, err error) {
	next := ""
	for range maxPages {
		var pods corev1.PodList
		if err := s.Client.List(ctx, &pods, client.InNamespace(namespace), client.Limit(page), client.Continue(next)); err != nil {
			return nil, false, err
		}
		for i := range pods.Items {
			names = append(names, policies.References(&pods.Items[i])...)
		}
		slices.Sort(names)
		if names = slices.Compact(names); len(names) > maxKits {
			return names[:maxKits], true, nil
		}
		if next = pods.Continue; next == "" {
			return names, false, nil
		}
	}
	return names, true, nil
}

// expiring are those that expire soon, the first ones first.
func (u *inUse) expiring(now time.Time) v1alpha1.ExpiringKits {
	var soon []v1alpha1.ExpiringKit
	for _, k := range u.kits {
		if k.until.Sub(now) < acceptance.ExpiryWarning {
			soon = append(soon, v1alpha1.ExpiringKit{Namespace: k.namespace, SecretName: k.secret, Participant: k.participant, NotAfter: metav1.NewTime(k.until.UTC())})
		}
	}
	slices.SortStableFunc(soon, func(a, b v1alpha1.ExpiringKit) int {
		if c := a.NotAfter.Compare(b.NotAfter.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Namespace+"/"+a.SecretName, b.Namespace+"/"+b.SecretName)
	})
	return v1alpha1.ExpiringKits{Count: int64(len(soon)), Items: first(soon)}
}
