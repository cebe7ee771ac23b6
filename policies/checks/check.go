package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// Check is one rule about pods.
type Check struct {
	// ID names the rule in results, audit annotations and docs.
	ID string
	// Scope says to which pods it applies.
	Scope Scope
	// NeedsKit says that the results depend on the kit: without the kit, neither a pass
	// nor a failure would be correct.
	NeedsKit bool
	// Run returns what is wrong, or nil. It is pure.
	Run func(*Pod) []Result
}

// Scope says to which pods a check applies.
type Scope int

// The scopes.
const (
	// Every pod of the namespace.
	Every Scope = iota
	// Participants are pods that belong to a federation.
	Participants
	// Verified are participants whose kit is verified and that run one of their
	// framework's processes. Other participants cannot be compared with a profile, and
	// the check kit or command already denies them: more results would only hide why.
	Verified
	// Others are all pods but participants.
	Others
)

func (s Scope) applies(p *Pod) bool {
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
