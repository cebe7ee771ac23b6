// Package facts holds what a verdict rests on besides the object and the policy:
// everything that a pure function may not look up. Whoever asks for a verdict
// fills it; what is missing from it counts as a failed look-up and is refused.
package facts

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Facts are those of one namespace at one moment.
type Facts struct {
	// Now is the time at which kits must be good.
	Now time.Time

	// PolicyName is the value of the namespace's label
	// kubectl-flare.dev/site-policy. It is for the hint where the policy itself
	// is missing.
	PolicyName string

	// Kits are the kits of the namespace by the name of their Secret, read from
	// the API server (or, when a kit Secret itself is reviewed, from the reviewed
	// object). policies.References says which ones a pod needs; Mutate may pick
	// from all of them. A kit that failed to verify has an Error and no other
	// field that may be relied on.
	Kits map[string]KitFact

	// Locals are the ConfigMaps that hold local/, by name.
	Locals map[string]LocalFact

	// Claims are the PersistentVolumeClaims that policies.ClaimReferences names.
	Claims map[string]ClaimFact

	// Targets are the pods that a CONNECT request reaches: the pod itself, or
	// every pod that the Service of a services/proxy request selects. Nil means
	// that the look-up failed; an empty slice that there is none.
	Targets []*corev1.Pod

	// BreakGlass says that the user has the verb breakglass on the policy and
	// asks for it. It opens CONNECT and ephemeral containers, nothing else.
	BreakGlass bool

	// Binders are users besides system:kube-scheduler who may bind pods.
	Binders []string

	// KitImage is the image of the flare-kit helper, by digest, as the webhook's
	// own flags give it.
	KitImage string
}

// Kit gives the kit in a Secret.
func (f *Facts) Kit(secret string) (*KitFact, bool) {
	k, ok := f.Kits[secret]
	return &k, ok
}
