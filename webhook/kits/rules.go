package kits

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/lru"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// maxPolicies is how many policies' rules are remembered.
const maxPolicies = 256

// rules compiles what a policy says of kits once for each generation.
type rules struct {
	registry *frameworks.Registry
	compiled *lru.Cache
}

func newRules(registry *frameworks.Registry) *rules {
	return &rules{registry: registry, compiled: lru.New(maxPolicies)}
}

type generation struct {
	uid    types.UID
	number int64
}

func (r *rules) of(policy *v1alpha1.SitePolicy) (*acceptance.Rules, error) {
	key := generation{policy.UID, policy.Generation}
	if known, ok := r.compiled.Get(key); ok {
		if compiled, ok := known.(*acceptance.Rules); ok {
			return compiled, nil
		}
	}
	compiled, errs := acceptance.Compile(r.registry, &policy.Spec)
	if err := errs.ToAggregate(); err != nil {
		return nil, err
	}
	// Without a UID it is no policy of the API server, and its generation says nothing.
	if policy.UID != "" {
		r.compiled.Add(key, compiled)
	}
	return compiled, nil
}
