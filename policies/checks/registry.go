package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// Check is one rule about pods.
type Check struct {
	// ID names the rule in results, audit annotations and docs.
	ID string
	// Scope says which pods it binds.
	Scope Scope
	// Run returns what is wrong, nothing if nothing is.
	Run func(*Pod) []Result
}

// Scope says which pods a check binds.
type Scope int

// The scopes.
const (
	// Every pod of the namespace.
	Every Scope = iota
	// Participants are pods that belong to a federation.
	Participants
	// Verified are participants whose kit is known and that run one of their
	// system's processes. For all others there is nothing to compare with, and the
	// checks "kit" or "command" have refused them already: the rest would only
	// bury why.
	Verified
	// Others are all pods but participants.
	Others
)

// The IDs of the checks, in the order of their results.
const (
	IDKit         = "kit"
	IDReserved    = "reserved-names"
	IDKitMount    = "kit-mount"
	IDVerifier    = "flare-verify"
	IDLocal       = "local"
	IDContainers  = "containers"
	IDImages      = "images"
	IDPullSecrets = "pull-secrets"
	IDArgv        = "command"
	IDEnvironment = "environment"
	IDVolumes     = "volumes"
	IDMounts      = "mounts"
	IDWorkspace   = "workspace"
	IDData        = "data"
	IDTokens      = "tokens"
	IDLauncher    = "launcher"
	IDHost        = "host"
	IDPodSecurity = "pod-security"
	IDUser        = "user"
	IDResources   = "resources"
	IDOtherPods   = "other-pods"
)

// All are the checks of pods.
func All() [21]Check {
	return [...]Check{
		{IDKit, Participants, kitCheck},
		{IDReserved, Every, reserved},
		{IDKitMount, Verified, kitMount},
		{IDVerifier, Verified, verifier},
		{IDLocal, Verified, local},
		{IDContainers, Verified, containers},
		{IDImages, Verified, images},
		{IDPullSecrets, Verified, pullSecrets},
		{IDArgv, Participants, command},
		{IDEnvironment, Verified, environment},
		{IDVolumes, Every, volumes},
		{IDMounts, Verified, mounts},
		{IDWorkspace, Verified, workspace},
		{IDData, Verified, data},
		{IDTokens, Every, tokens},
		{IDLauncher, Every, launcher},
		{IDHost, Every, host},
		{IDPodSecurity, Every, podSecurity},
		{IDUser, Verified, user},
		{IDResources, Verified, resources},
		{IDOtherPods, Others, otherPods},
	}
}

// Run gives what every check that binds the pod has to say.
func Run(p *Pod) []Result {
	var results []Result
	for _, c := range All() {
		if c.Scope.binds(p) {
			results = append(results, c.Run(p)...)
		}
	}
	return results
}

// Floor gives what holds even for whoever breaks the glass: what protects the
// node, not the federation.
func Floor(p *Pod) []Result {
	results := append(host(p), podSecurity(p)...)
	return append(results, volumes(p)...)
}

func (s Scope) binds(p *Pod) bool {
	switch s {
	case Participants:
		return p.Federated
	case Verified:
		return p.Federated && p.Kit != nil && p.Process.Kind != profiles.KindNone
	case Others:
		return !p.Federated
	case Every:
	}
	return true
}
