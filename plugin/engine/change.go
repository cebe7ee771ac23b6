package engine

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// Action is what has become of an object, or would, in kubectl's words.
type Action string

// The actions.
const (
	Created    Action = "created"
	Configured Action = "configured"
	Unchanged  Action = "unchanged"
	// Pruned is what an earlier plan made and this one has no use for.
	Pruned  Action = "pruned"
	Deleted Action = "deleted"
	// Skipped is what was not written because something before it failed.
	Skipped Action = "skipped"
	// Restored is what a failed plan had changed and is as it was before.
	Restored Action = "restored"
)

// Change is one object after a plan.
type Change struct {
	// Name is "resource.group/name", as kubectl prints it.
	Name      string
	Namespace string
	Action    Action
	// Object is the object afterwards; nil where it is not there.
	Object *unstructured.Unstructured
}

// ChangeSet is what has become of a plan's objects, in the order of the plan.
type ChangeSet []Change

// Lines are the changes as a printer takes them.
func (c ChangeSet) Lines() []output.Change {
	lines := make([]output.Change, 0, len(c))
	for _, change := range c {
		line := output.Change{Name: change.Name, Namespace: change.Namespace, Verb: string(change.Action)}
		if change.Object != nil {
			line.Object = change.Object
		}
		lines = append(lines, line)
	}
	return lines
}
