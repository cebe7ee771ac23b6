package checks

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// The reserved prefixes of Secrets and ConfigMaps in governed namespaces. Names
// decide, not types: a pod is admitted before its Secret exists and gets it
// later, so "is it a kit?" cannot be asked of the Secret.
const (
	// PrefixDerived is the Secret in which NVFLARE's job launcher copies the
	// participant's key.
	PrefixDerived = "nvflare-startup-"
	// PrefixCredentials is the Secret with one job's tokens.
	PrefixCredentials = "nvflare-cred-"
)

// HasPrefix says whether a name begins with a prefix and has something after it.
// The prefix alone counts too: a name that ends in "-" is not legal today, and
// must not become a way round.
func HasPrefix(name, prefix string) bool { return strings.HasPrefix(name, prefix) }

// Reserved says whether a Secret's or ConfigMap's name is reserved.
func Reserved(name string) bool {
	return HasPrefix(name, names.PrefixKit) || HasPrefix(name, names.PrefixLocal) ||
		HasPrefix(name, PrefixDerived) || HasPrefix(name, PrefixCredentials)
}
