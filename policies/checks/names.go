package checks

import "strings"

// The reserved prefixes of Secrets and ConfigMaps in governed namespaces. Names
// decide, not types: a pod is admitted before its Secret exists and gets it
// later, so "is it a kit?" cannot be asked of the Secret.
const (
	// PrefixKit is a Secret with a sealed kit's startup/.
	PrefixKit = "flare-kit-"
	// PrefixLocal is a ConfigMap with local/.
	PrefixLocal = "flare-local-"
	// PrefixDerived is the Secret in which NVFLARE's job launcher copies the
	// participant's key.
	PrefixDerived = "nvflare-startup-"
	// PrefixCredentials is the Secret with one job's tokens.
	PrefixCredentials = "nvflare-cred-"
)

// LabelParticipant on a pod asks mutation for the participant's kit. It decides
// nothing.
const LabelParticipant = "kubectl-flare.dev/participant"

// HasPrefix says whether a name begins with a prefix and has something after it.
// The prefix alone counts too: a name that ends in "-" is not legal today, and
// must not become a way round.
func HasPrefix(name, prefix string) bool { return strings.HasPrefix(name, prefix) }

// Reserved says whether a Secret's or ConfigMap's name is reserved.
func Reserved(name string) bool {
	return HasPrefix(name, PrefixKit) || HasPrefix(name, PrefixLocal) ||
		HasPrefix(name, PrefixDerived) || HasPrefix(name, PrefixCredentials)
}
