// Package facts defines what a verdict is based on besides the object and the policy:
// everything that a pure function cannot look up. The caller looks it up; a missing
// fact counts as a failed look-up, and the request is denied.
package facts

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Facts are the facts of one namespace at one moment.
type Facts struct {
	// Now is the time at which kits must be valid.
	Now time.Time

	// PolicyName is the value of the namespace's label
	// kubectl-flare.dev/site-policy. It is for the hint if the policy does not
	// exist.
	PolicyName string

	// Kits are the kits of the namespace by the name of their Secret, read from
	// the API server, or from the reviewed object if it is a kit Secret.
	// policies.References lists those that a pod needs; Mutate may pick from all of
	// them. A kit that is not accepted has an Error; its other fields must not be
	// relied on.
	Kits map[string]*KitFact

	// Locals are the ConfigMaps with local/, by name.
	Locals map[string]LocalFact

	// Claims are the PersistentVolumeClaims that policies.ClaimReferences lists.
	Claims map[string]ClaimFact

	// Secrets are the Secrets that policies.SecretReferences lists.
	Secrets map[string]SecretFact

	// Launcher is the pod that the token of a launcher is bound to, if a launcher makes
	// the request; nil if the token is bound to no pod.
	Launcher *LauncherFact
	// Targets are the pods that a CONNECT request reaches: the pod itself, or
	// every pod that the Service of a services/proxy request selects. It is nil if
	// the look-up failed, and empty if there is none.
	Targets []*corev1.Pod

	// Govern says that the user has the verb govern on the policy, and the request needs
	// it. It allows what checks exempt such users from.
	Govern bool

	// Terminating says that the namespace is being deleted, with all that it contains.
	Terminating bool

	// BreakGlass says that the user has the verb breakglass on the policy and
	// uses it. It has no effect unless the policy says that break-glass is open, and allows
	// only CONNECT requests and ephemeral containers.
	BreakGlass bool

	// Binders are users besides system:kube-scheduler who may bind pods.
	Binders []string

	// KitImage is the image of the flare-kit helper, by digest, from the flags of
	// the webhook.
	KitImage string
}

// Kit returns the kit in a Secret.
func (f *Facts) Kit(secret string) (*KitFact, bool) {
	k := f.Kits[secret]
	return k, k != nil
}
