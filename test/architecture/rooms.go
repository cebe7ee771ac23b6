package main

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
)

const module = "github.com/kubectl-flare/kubectl-flare/"

// graph says what each node imports.
type graph map[string]map[string]bool

// list asks the go command for the imports between the packages of the product.
func list(ctx context.Context, root string) (graph, error) {
	command := exec.CommandContext(ctx, "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`,
		"./cmd/...", "./plugin/...", "./webhook/...", "./policies/...", "./manifests/...")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	imports := graph{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		from, ok := room(words[0])
		if !ok {
			continue
		}
		if imports[from] == nil {
			imports[from] = map[string]bool{}
		}
		for _, imported := range words[1:] {
			if to, ok := room(imported); ok && to != from {
				imports[from][to] = true
			}
		}
	}
	return imports, nil
}

// room is the node that a package belongs to: its folder below the top-level one.
// A folder's own packages count as it; those that only tests use are left out.
func room(pkg string) (string, bool) {
	name, ours := strings.CutPrefix(pkg, module)
	if !ours {
		return "", false
	}
	parts := strings.Split(name, "/")
	if slices.ContainsFunc(parts, testOnly) {
		return "", false
	}
	if len(parts) == 1 {
		return path.Join(parts[0], parts[0]), true
	}
	return path.Join(parts[0], parts[1]), true
}

// testOnly says whether a folder holds what only tests import.
func testOnly(folder string) bool { return strings.HasSuffix(folder, "test") || folder == "toy" }

// reduce leaves out each arrow that a way over other nodes implies, so that the
// picture stays legible.
func reduce(imports graph) graph {
	reduced := graph{}
	for from, targets := range imports {
		reduced[from] = map[string]bool{}
		for to := range targets {
			if !around(imports, from, to) {
				reduced[from][to] = true
			}
		}
	}
	return reduced
}

// around says whether one of the other imports of from reaches to.
func around(imports graph, from, to string) bool {
	for via := range imports[from] {
		if via != to && reaches(imports, via, to, map[string]bool{from: true}) {
			return true
		}
	}
	return false
}

func reaches(imports graph, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for next := range imports[from] {
		if reaches(imports, next, to, seen) {
			return true
		}
	}
	return false
}

// sorted are the keys of a set, in order.
func sorted[V any](set map[string]V) []string { return slices.Sorted(maps.Keys(set)) }
