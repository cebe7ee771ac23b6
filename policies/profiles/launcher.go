package profiles

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Launcher is the capability of a Profile whose processes make pods of their own,
// and Secrets for them.
type Launcher interface {
	// Secrets are the Secrets that the launcher makes. Their names are reserved in
	// governed namespaces.
	Secrets() []LauncherSecret
	// OwnsKitCopy says whether a Secret that holds HoldsKit is a copy of the
	// participant's startup/, by its name.
	OwnsKitCopy(secret, participant string, role kit.Role) bool
}

// LauncherSecret is one kind of a launcher's Secrets.
type LauncherSecret struct {
	// Prefix begins the names of such Secrets, and of nothing else.
	Prefix string
	Holds  Holds
}

// Holds says what a launcher's Secret holds.
type Holds string

// What launchers' Secrets hold.
const (
	// HoldsKit is a copy of a participant's startup/, private key included. Mutation
	// replaces it by the sealed kit; no pod may refer to it.
	HoldsKit Holds = "kit"
	// HoldsTokens are the tokens of one job. Its pod takes them as variables.
	HoldsTokens Holds = "tokens"
)
