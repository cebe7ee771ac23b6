package profiles

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Demands are what the pod of a process must look like.
type Demands struct {
	// Containers are the ordinary containers of the pod. The pod must have each of them
	// once and no others. The first is that of the process itself.
	Containers []Container
	// KitFiles are the files of startup/ with the identity of a participant of the role.
	// A volume that lists items of the kit must list exactly these, and none if there are
	// none here. If no container mounts the kit, as in job pods to which their launcher
	// gives none, they are public files: mutation adds a volume with them, which says
	// whose pod it is.
	KitFiles []string
}

// Container is what one container must look like. It is found by its process; its name
// does not matter.
type Container struct {
	Process Process
	// Grammar says what it may run.
	Grammar Grammar
	// Paths are all allowed mount paths, without those of data. If a path takes
	// SourceKit or SourceLocal, the container must mount the kit or local/ there. They must
	// not be changed.
	Paths []Path
	// Probe is the command of the one exec probe that it may have, nil if it may have none.
	Probe []string
	// Defaults are variables that mutation adds if the container does not have them. The
	// Grammar must allow them.
	Defaults func() []corev1.EnvVar
	// Arguments are those that mutation adds. The Grammar must allow them.
	Arguments func() []Argument
}

// Argument is a word for the end of a list of words that begins with the word After. It is
// added to a container that has the list without it.
type Argument struct{ After, Word string }

// Grammar says what is wrong with a container's command and its environment.
type Grammar interface {
	Argv(c *corev1.Container) []Problem
	Environment(c *corev1.Container) []Problem
}

// Source is what a volume contains; several sources are joined by |.
type Source uint16

// The sources of mounts.
const (
	// SourceKit is the kit's startup/, SourceLocal the site's local/.
	SourceKit Source = 1 << iota
	SourceLocal
	// SourceWorkspace is the participant's claim.
	SourceWorkspace
	// SourceScratch is an emptyDir of the pod.
	SourceScratch
	// SourceData is a claim with data.
	SourceData
	// SourceRaw is a kit on its volume, and its seal, both only for the verifier.
	SourceRaw
	// SourceToken is a ServiceAccount's token.
	SourceToken
	// SourceJobSecret is a launcher's Secret with the tokens of a job.
	SourceJobSecret
	// SourceAuthorities is a ConfigMap with authorities that the policy lists.
	SourceAuthorities
	// SourceOther is anything else, which no path takes.
	SourceOther
)

// Path is a path at which a container may mount volumes of these sources. It may write to
// scratch space and workspaces.
type Path struct {
	Path    string
	Sources Source
	// Folder is the folder of the participant's claim that must be mounted there, below
	// the folder that the policy gives to the participant; "" is that folder itself.
	Folder string
	// File is the only file of the kit that must be mounted there, with a subPath of its
	// name; "" is the whole of startup/. A container may need several. One that runs code of
	// jobs next to its participant gets no private key this way.
	File string
	// Secret is the name of the Secret that must be mounted there, for SourceJobSecret.
	Secret string
}

// Takes says whether a volume of this source may be mounted there.
func (p Path) Takes(source Source) bool { return p.Sources&source != 0 }

// Complete adds Defaults and Arguments to a container that does not have them.
func (c *Container) Complete(container *corev1.Container) {
	for _, variable := range called(c.Defaults) {
		if !slices.ContainsFunc(container.Env, func(e corev1.EnvVar) bool { return e.Name == variable.Name }) {
			container.Env = append(container.Env, variable)
		}
	}
	has := func(word string) bool {
		return slices.Contains(container.Command, word) || slices.Contains(container.Args, word)
	}
	for _, argument := range called(c.Arguments) {
		if has(argument.After) && !has(argument.Word) {
			container.Args = append(container.Args, argument.Word)
		}
	}
}

// called is what a function returns, which may be nil: only mutation needs the values.
func called[T any](f func() []T) []T {
	if f == nil {
		return nil
	}
	return f()
}

// Path is the first path that takes the source, or "" if there is none.
func (c *Container) Path(source Source) string {
	for i := range c.Paths {
		if c.Paths[i].Takes(source) {
			return c.Paths[i].Path
		}
	}
	return ""
}

// At is the path of this name if it takes the source, or nil.
func (c *Container) At(path string, source Source) *Path {
	for i := range c.Paths {
		if p := &c.Paths[i]; p.Path == path && p.Takes(source) {
			return p
		}
	}
	return nil
}
