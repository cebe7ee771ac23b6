package profiles

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Launcher is the capability of a Profile whose processes create pods, and Secrets for
// these pods.
type Launcher interface {
	// Secrets are the Secrets that the launcher creates. Their names are reserved in
	// governed namespaces.
	Secrets() []LauncherSecret
	// OwnsSecret says whether one of these Secrets belongs to a participant, by its
	// name.
	OwnsSecret(secret, participant string, role kit.Role) bool
}

// Selective is a Launcher of whose parents only some create pods. The others run the code of
// jobs themselves, and get no token.
type Selective interface {
	// Launches says whether a parent creates pods.
	Launches(p Process) bool
}

// LauncherSecret is one kind of a launcher's Secrets.
type LauncherSecret struct {
	// Prefix is the prefix of the names of such Secrets, which no other object may have.
	Prefix string
	Holds  Holds
}

// Holds says what a launcher's Secret contains.
type Holds string

// The contents of launchers' Secrets.
const (
	// HoldsKit is a copy of a participant's startup/ with its private key. Mutation
	// replaces it with the sealed kit; no pod may refer to it.
	HoldsKit Holds = "kit"
	// HoldsTokens are the tokens of one job. Its pod gets them as variables, or as a volume
	// at a path that takes SourceJobSecret.
	HoldsTokens Holds = "tokens"
)

// Studier is a Launcher whose jobs belong to studies: it mounts only the data of its study
// into a job pod.
type Studier interface {
	// Study is the study and the dataset that belong to a mount path. ok is false if no
	// data of a study can be there.
	Study(mountPath string) (study, dataset string, ok bool)
	// StudyPath is the form of these paths, for messages.
	StudyPath() string
}
