// Package frameworks says what kubectl-flare must know of a federated-learning system
// to read its kits, and holds the registry of those that it knows. Everything that
// reads a kit goes through a Registry.
//
// A framework is a small mandatory interface and any number of capabilities, each an
// interface of its own. The registry finds them once, when a framework is registered.
package frameworks

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// Framework is one federated-learning system. It is pure, and reads without trust:
// whether a kit is genuine is for package acceptance.
type Framework interface {
	// Name is a DNS label: the framework's name in labels, seals and policies.
	Name() string
	// Title is what people call it.
	Title() string
	// Marks are names of files of startup/ by which its kits are known: what was looked
	// for, in the message about a folder that is no kit.
	Marks() []string
	// Roles are the roles that its kits can have.
	Roles() []kit.Role
	// Recognise says whether startup/ is the framework's, be it valid or not. At most
	// one framework may say so of any kit.
	Recognise(startup kit.Files) bool
	// Read reads a kit. Its error is a *kit.FieldError.
	Read(content *kit.Content) (*kit.Kit, error)
}

// Checker is a framework that has checks of its own, besides those of all kits.
type Checker interface {
	// Check gives their findings; each check has one at least. vouched says whether a
	// seal that there is reason to trust names a file of startup/.
	Check(k *kit.Kit, vouched func(file string) bool) kit.Findings
}

// NativeSigner is a framework whose own provisioning signs kits.
type NativeSigner interface {
	// NativeSignature says why that signature does not cover startup/ as it is; nil where
	// the kit's root vouches for every file that is there.
	NativeSignature(k *kit.Kit) error
}

// Versioned is a framework whose kits change from version to version.
type Versioned interface {
	// KnownVersion is the last version whose kits were looked at: "major.minor".
	KnownVersion() string
}
