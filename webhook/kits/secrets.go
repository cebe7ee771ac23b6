package kits

import (
	"context"
	"maps"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// roots are the pinned root certificates that were seen. There are as many as policies
// pin: no other is kept.
type roots struct {
	mu    sync.RWMutex
	known kitfact.Roots
}

func newRoots() *roots { return &roots{known: kitfact.Roots{}} }

// of are those of a policy.
func (r *roots) of(policy *v1alpha1.SitePolicy) kitfact.Roots {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := kitfact.Roots{}
	for _, pinned := range policy.Spec.Kits.TrustRoots {
		if root, ok := r.known[pinned.SHA256]; ok {
			found[pinned.SHA256] = root
		}
	}
	return found
}

func (r *roots) learn(seen kitfact.Roots) {
	if len(seen) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.known, seen)
}

// Secret looks for key material of the policy's roots in a Secret that is no kit.
func (v *Verifier) Secret(ctx context.Context, namespace, name string, policy *v1alpha1.SitePolicy) policies.SecretFact {
	key := client.ObjectKey{Namespace: namespace, Name: name}
	before, found := recall[policies.SecretFact](v.secrets, key)
	found = found && before.version.samePolicy(policy) && before.version.roots == len(v.roots.of(policy))
	if found && v.clock.Since(before.seen) < Fresh {
		return before.fact
	}
	secret := &corev1.Secret{}
	if err := v.reader.Get(ctx, key, secret); err != nil {
		v.secrets.Remove(key)
		return policies.SecretFact{Error: lookUpError("Secret", name, err), Absent: apierrors.IsNotFound(err)}
	}
	now := versionOf(secret, policy)
	fact := before.fact
	if !found || !before.version.sameObject(now) {
		fact = v.keyMaterial(secret, policy)
	}
	now.roots = len(v.roots.of(policy))
	remember(v.secrets, key, known[policies.SecretFact]{now, fact, v.clock.Now()}, true)
	return fact
}

// learnRoots remembers the root of a kit, unless all of the policy are known.
func (v *Verifier) learnRoots(secret *corev1.Secret, policy *v1alpha1.SitePolicy) {
	if len(v.roots.of(policy)) < len(policy.Spec.Kits.TrustRoots) {
		v.roots.learn(kitfact.RootsIn(secret, policy.Spec.Kits.TrustRoots))
	}
}

// keyMaterial examines a Secret and remembers the pinned roots that it has.
func (v *Verifier) keyMaterial(secret *corev1.Secret, policy *v1alpha1.SitePolicy) policies.SecretFact {
	fact, seen := kitfact.KeyMaterial(secret, policy.Spec.Kits.TrustRoots, v.roots.of(policy))
	v.roots.learn(seen)
	return fact
}
