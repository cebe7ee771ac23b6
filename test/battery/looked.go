package battery

import (
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
)

// looked keeps facts of objects, as the webhook does: most of the work of a case is to verify
// the signatures of its kits.
type looked struct{ kits, locals sync.Map }

func (snap *Snapshot) kitFact(s *corev1.Secret) *policies.KitFact {
	return once(&snap.looked.kits, s, func() *policies.KitFact {
		return kitfact.Under(frameworks.Default(), &snap.Policy.Spec, s)
	})
}

func (snap *Snapshot) localFact(m *corev1.ConfigMap) policies.LocalFact {
	return once(&snap.looked.locals, m, func() policies.LocalFact {
		return kitfact.LocalUnder(frameworks.Default(), &snap.Policy.Spec, m)
	})
}

// once computes the value of a key at its first use.
func once[K comparable, V any](known *sync.Map, key K, compute func() V) V {
	found, _ := known.LoadOrStore(key, sync.OnceValue(compute))
	value, _ := found.(func() V)
	return value()
}
