package apply

import "github.com/kubectl-flare/kubectl-flare/plugin/output"

// Changes are the results as a printer takes them.
func Changes(results []Result) []output.Change {
	changes := make([]output.Change, 0, len(results))
	for _, r := range results {
		changes = append(changes, output.Change{Name: r.Name, Namespace: r.Object.GetNamespace(), Verb: string(r.Action), Object: r.Object})
	}
	return changes
}
