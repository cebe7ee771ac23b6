// Package frameworks defines what kubectl-flare must know about a federated-learning
// framework to read its kits, and has the registry of frameworks. All code that reads a
// kit uses a Registry.
//
// A framework implements a small mandatory interface and any number of capabilities, each
// of which is another interface. The registry finds them when a framework is registered.
package frameworks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

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

// SettingsReader is a framework whose files can be read as settings, of which a policy can
// require values.
type SettingsReader interface {
	// Settings reads the settings in the files of startup/ or local/ of a participant of
	// the role; folder is kit.StartupDir or kit.LocalDir. It never guesses: what the
	// framework could understand in another way is a finding with the ID
	// kit.CheckPrivacy, and the requirements of a policy cannot be met then.
	Settings(folder string, files kit.Files, role kit.Role) ([]settings.Setting, kit.Findings)
	// Declared are the settings that there are, for documentation.
	Declared() []settings.Declared
	// SettingsRoles are the roles of participants that run jobs. Others have no settings.
	SettingsRoles() []kit.Role
	// ResolveSetting returns the setting of a path, with the path as Settings writes it, or
	// an error if there is no such setting.
	ResolveSetting(path string) (settings.Declared, error)
}

// ScopeReader is a SettingsReader with privacy scopes.
type ScopeReader interface {
	// ScopePaths are the settings with the names of the scopes and with the default scope.
	ScopePaths() (scopes, standard string)
	// FilterPaths are the settings of a filter, which are lists of its arguments: one for
	// each place at which a participant of the role filters what goes in, out or both.
	// The arguments are settings below them.
	FilterPaths(role kit.Role, scope, direction, class string) []string
}

// CodeReader is a SettingsReader that says whether jobs may bring code of their own.
type CodeReader interface {
	// ForbidsCode is required of participants that run no code of jobs; RequiresSigned of
	// those that run only the code of jobs that are signed.
	ForbidsCode() []settings.Requirement
	RequiresSigned() []settings.Requirement
}

// DeviceReader is a SettingsReader whose participants offer devices to jobs.
type DeviceReader interface {
	// DevicesPath is the setting with their number.
	DevicesPath() string
}

// StudyReader is a SettingsReader whose launcher mounts data into the jobs of a study.
type StudyReader interface {
	// Datasets reads what local/ says about it; nil if that has no one meaning.
	Datasets(local kit.Files) []settings.Dataset
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
