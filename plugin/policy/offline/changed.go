package offline

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
)

// changedPaths lists the fields that a patch changes, each once: for a reader, two
// elements of a list are one field.
func changedPaths(prefix string, operations []mutation.Operation) []string {
	var paths []string
	for _, o := range operations {
		path := prefix + fieldPath(o.Path)
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// fieldPath writes a JSON pointer as Kubernetes writes fields, without the index
// at its end: /spec/containers/0/env/2 is spec.containers[0].env.
func fieldPath(pointer string) string {
	var path strings.Builder
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if last := parts[len(parts)-1]; isIndex(last) {
		parts = parts[:len(parts)-1]
	}
	for i, part := range parts {
		switch {
		case isIndex(part):
			path.WriteString("[" + part + "]")
		case i > 0:
			path.WriteString("." + part)
		default:
			path.WriteString(part)
		}
	}
	return path.String()
}

func isIndex(part string) bool { return part == "-" || strings.Trim(part, "0123456789") == "" }
