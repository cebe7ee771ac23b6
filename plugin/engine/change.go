package engine

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// Action is what happened to an object, or would happen, in kubectl's words.
type Action string

// The actions.
const (
	Created    Action = "created"
	Configured Action = "configured"
	Unchanged  Action = "unchanged"
	// Pruned is what an earlier plan created and this one does not need.
	Pruned  Action = "pruned"
	Deleted Action = "deleted"
	// Skipped is what was not written because an earlier write failed.
	Skipped Action = "skipped"
	// Left is what another tool keeps as it is, such as Argo CD.
	Left Action = "left alone"
	// Restored is what a failed plan had changed and then changed back.
	Restored Action = "restored"
)

// Change is one object after a plan.
type Change struct {
	// Name is "resource.group/name", as kubectl prints it.
	Name      string
	Namespace string
	Action    Action
	// Object is the object afterwards; nil if it does not exist.
	Object *unstructured.Unstructured
	// Before is the object before the change; nil if it did not exist or was not read. A
	// Secret is never read.
	Before *unstructured.Unstructured
}

// ChangeSet is what happened to the objects of a plan, in the order of the plan.
type ChangeSet []Change

// Lines are the changes for a printer.
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
