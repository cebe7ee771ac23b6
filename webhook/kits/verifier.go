// Package kits reads the kits that pods refer to, from the API server itself at
// every admission, and verifies them. What it found is kept for a moment, and the
// cryptography for as long as the Secret and the policy stay the same.
package kits

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Fresh is how long an answer of the API server counts as current. In
// a governed namespace no one replaces a kit Secret without a review, so this
// only bounds what happened before the namespace was governed. Bad answers are
// never kept.
const Fresh = 5 * time.Second

// longest is how long a look-up may take.
const longest = 3 * time.Second

// MaxKits is how many Secrets and how many ConfigMaps are remembered. A fact has
// about a kilobyte: no key and no file is kept.
const MaxKits = 2000

// Verifier implements handlers.Kits.
type Verifier struct {
	reader client.Reader
	clock  clock.PassiveClock
	// kits, locals, claims and secrets are what was found out about kits, local/,
	// PersistentVolumeClaims and other Secrets.
	kits, locals, claims, secrets *lru.Cache
	rules                         *rules
	roots                         *roots
	verifications                 func()
	// flights are the look-ups of kits under way.
	flights singleflight.Group
}

// NewVerifier makes a Verifier. The reader must ask the API server, not a cache.
// registry holds the frameworks whose kits are known; verified is called for each kit
// and each local/ whose cryptography was done.
func NewVerifier(reader client.Reader, clk clock.PassiveClock, registry *frameworks.Registry, verified func()) *Verifier {
	return &Verifier{
		reader: reader, clock: clk, kits: lru.New(MaxKits), locals: lru.New(MaxKits), claims: lru.New(MaxKits), secrets: lru.New(MaxKits),
		rules: newRules(registry), roots: newRoots(), verifications: verified,
	}
}

// known is what was found out about one object.
type known[T any] struct {
	version version
	fact    T
	seen    time.Time
}

// version is what a fact holds for. The policy's generation is part of it, for
// its keys say whose seal counts.
type version struct {
	uid              types.UID
	resourceVersion  string
	policy           types.UID
	policyGeneration int64
	// roots is how many pinned roots were known: one that is known later can show more.
	roots int
}

func (v version) sameObject(o version) bool {
	return v.uid == o.uid && v.resourceVersion == o.resourceVersion
}

func versionOf(object client.Object, policy *v1alpha1.SitePolicy) version {
	return version{uid: object.GetUID(), resourceVersion: object.GetResourceVersion(), policy: policy.UID, policyGeneration: policy.Generation}
}

func (v version) samePolicy(policy *v1alpha1.SitePolicy) bool {
	return v.policy == policy.UID && v.policyGeneration == policy.Generation
}

// Kit gives the kit in a Secret.
func (v *Verifier) Kit(ctx context.Context, namespace, name string, policy *v1alpha1.SitePolicy) *policies.KitFact {
	key := client.ObjectKey{Namespace: namespace, Name: name}
	before, found := recall[*policies.KitFact](v.kits, key)
	found = found && before.version.samePolicy(policy)
	if found && v.clock.Since(before.seen) < Fresh {
		return before.fact
	}
	// Of many requests that need one kit at a time, one reads and verifies it. It does so
	// even if its own request ends, since others wait for it.
	flight := string(policy.UID) + "/" + strconv.FormatInt(policy.Generation, 10) + "/" + key.String()
	result, _, _ := v.flights.Do(flight, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
		return v.read(ctx, key, policy, before, found), nil
	})
	fact, _ := result.(*policies.KitFact)
	return fact
}

// read reads a kit, and verifies it unless it is the one that was known before.
func (v *Verifier) read(ctx context.Context, key client.ObjectKey, policy *v1alpha1.SitePolicy, before known[*policies.KitFact], found bool) *policies.KitFact {
	secret := &corev1.Secret{}
	if err := v.reader.Get(ctx, key, secret); err != nil {
		return &policies.KitFact{Error: lookUpError("Secret", key.Name, err), Absent: apierrors.IsNotFound(err)}
	}
	now := versionOf(secret, policy)
	fact := before.fact
	if !found || before.version != now {
		v.verifications()
		fact = v.OfSecret(secret, policy)
		v.learnRoots(secret, policy)
	}
	remember(v.kits, key, known[*policies.KitFact]{now, fact, v.clock.Now()}, fact.Error == "")
	return fact
}

// OfSecret evaluates the kit in a Secret, whether or not it is stored.
func (v *Verifier) OfSecret(secret *corev1.Secret, policy *v1alpha1.SitePolicy) *policies.KitFact {
	rules, err := v.rules.of(policy)
	if err != nil {
		return &policies.KitFact{Error: "the policy is invalid: " + err.Error()}
	}
	return kitfact.OfSecret(secret, rules)
}

// Local gives the local/ in a ConfigMap.
func (v *Verifier) Local(ctx context.Context, namespace, name string, policy *v1alpha1.SitePolicy) policies.LocalFact {
	key := client.ObjectKey{Namespace: namespace, Name: name}
	before, found := recall[policies.LocalFact](v.locals, key)
	found = found && before.version.samePolicy(policy)
	if found && v.clock.Since(before.seen) < Fresh {
		return before.fact
	}
	cm := &corev1.ConfigMap{}
	if err := v.reader.Get(ctx, key, cm); err != nil {
		return policies.LocalFact{Error: lookUpError("ConfigMap", name, err), Absent: apierrors.IsNotFound(err)}
	}
	now := versionOf(cm, policy)
	fact := before.fact
	if !found || before.version != now {
		v.verifications()
		fact = v.OfConfigMap(cm, policy)
	}
	remember(v.locals, key, known[policies.LocalFact]{now, fact, v.clock.Now()}, fact.Error == "")
	return fact
}

// OfConfigMap evaluates the local/ in a ConfigMap, whether or not it is stored.
func (v *Verifier) OfConfigMap(m *corev1.ConfigMap, policy *v1alpha1.SitePolicy) policies.LocalFact {
	rules, err := v.rules.of(policy)
	if err != nil {
		return policies.LocalFact{Error: "the policy is invalid: " + err.Error()}
	}
	return kitfact.OfConfigMap(m, rules)
}

func recall[T any](cache *lru.Cache, key client.ObjectKey) (known[T], bool) {
	value, ok := cache.Get(key)
	if !ok {
		return known[T]{}, false
	}
	k, ok := value.(known[T])
	return k, ok
}

func remember[T any](cache *lru.Cache, key client.ObjectKey, k known[T], good bool) {
	if good {
		cache.Add(key, k)
	} else {
		cache.Remove(key)
	}
}
