// Package frameworks defines what kubectl-flare must know about a federated-learning
// framework to read its kits, and has the registry of frameworks. All code that reads a
// kit uses a Registry.
//
// A framework implements a small mandatory interface and any number of capabilities, each
// of which is another interface. The registry finds them when a framework is registered.
package frameworks

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// Framework is one federated-learning framework. It is pure, and does not trust the kits
// that it reads; package acceptance decides whether a kit is genuine.
type Framework interface {
	// Name is a DNS label: the framework's name in labels, seals and policies.
	Name() string
	// Title is its name for people.
	Title() string
	// Marks are names of files of startup/ that only its kits have. The message about a
	// folder that is not a kit lists them.
	Marks() []string
	// Roles are the roles that its kits can have.
	Roles() []kit.Role
	// Recognise says whether startup/ belongs to a kit of the framework, valid or not.
	// At most one framework may recognise a kit.
	Recognise(startup kit.Files) bool
	// Read reads a kit. Its error is a *kit.FieldError.
	Read(content *kit.Content) (*kit.Kit, error)
}

// Checker is a framework with additional checks of its kits.
type Checker interface {
	// Check returns the findings, at least one for each check. vouched says whether a
	// trusted seal lists a file of startup/.
	Check(k *kit.Kit, vouched func(file string) bool) kit.Findings
}

// SettingsChecker is a framework that knows the files of local/. Without it, a policy must
// list the digest of local/.
type SettingsChecker interface {
	// CheckSettings evaluates local/ of a participant of the role. Findings about files
	// that the framework does not read, and about settings with which it would run code
	// that it does not ship, have the ID kit.CheckLocalContent.
	CheckSettings(local kit.Files, role kit.Role) kit.Findings
}

// NativeSigner is a framework whose own provisioning signs kits.
type NativeSigner interface {
	// NativeSignature says why that signature does not cover startup/. It returns nil if
	// the kit's root vouches for every existing file.
	NativeSignature(k *kit.Kit) error
}

// Versioned is a framework whose kits change from version to version.
type Versioned interface {
	// KnownVersion is the newest version whose kits are supported: "major.minor".
	KnownVersion() string
}
