package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// Check is one rule about pods.
type Check struct {
	// ID names the rule in results, audit annotations and docs.
	ID string
	// Scope says which pods it binds.
	Scope Scope
	// NeedsKit says that what the check says depends on the kit: where the kit could
	// not be read, neither a pass nor a failure would be true.
	NeedsKit bool
	// Run returns what is wrong, nothing if nothing is. It is pure.
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
	// framework's processes. For all others there is nothing to compare with, and
	// the checks "kit" or "command" have denied them already: the rest would only
	// hide why.
	Verified
	// Others are all pods but participants.
	Others
)

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
