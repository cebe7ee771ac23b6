package profiles

import (
	corev1 "k8s.io/api/core/v1"
)

// Demands are what the pod of a process must look like.
type Demands struct {
	// Containers are the ordinary containers of the pod: each of them once, and no
	// other. The first is that of the process itself.
	Containers []Container
	// KitFiles are the files of startup/ without which a participant of the role has
	// no identity. A volume that lists items of the kit must list exactly these.
	KitFiles []string
}

// Container is what one container must look like. Only its process is compared
// when it is looked for; its name is free.
type Container struct {
	Process Process
	// Grammar is what it may run.
	Grammar Grammar
	// Paths is the closed list of mount paths, without those of data. A container
	// whose paths take SourceKit must mount the kit there.
	Paths []Path
	// Defaults are variables that mutation adds where the container has none of the
	// name. The Grammar allows them.
	Defaults []corev1.EnvVar
}

// Grammar says what is wrong with a container's command and its environment.
type Grammar interface {
	Argv(c *corev1.Container) []Problem
	Environment(c *corev1.Container) []Problem
}

// Source is what may lie behind a path in a container; several are joined by |.
type Source uint8

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
	// SourceRaw is a kit as it lies on its volume, and its seal: for the verifier.
	SourceRaw
	// SourceToken is a ServiceAccount's token.
	SourceToken
	// SourceOther is everything else; no path takes it.
	SourceOther
)

// Path is a place where a process may have something mounted, and what. Scratch
// and workspace are what it may write to.
type Path struct {
	Path    string
	Sources Source
}

// Takes says whether something of that source may be mounted there.
func (p Path) Takes(source Source) bool { return p.Sources&source != 0 }

// Path is the first place that takes the source, "" where there is none.
func (c *Container) Path(source Source) string {
	for _, p := range c.Paths {
		if p.Takes(source) {
			return p.Path
		}
	}
	return ""
}
