package main

import (
	"fmt"
	"path"
	"strings"
)

// floors are the top-level folders, from the top of the picture to its bottom.
func floors() []string { return []string{"cmd", "plugin", "webhook", "manifests", "policies"} }

// draw gives the picture as a Mermaid flowchart in a fenced block of Markdown.
func draw(imports graph) string {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, floor := range floors() {
		fmt.Fprintf(&b, "  subgraph %s\n", floor)
		for _, node := range sorted(imports) {
			if path.Dir(node) == floor {
				fmt.Fprintf(&b, "    %s[\"%s\"]\n", id(node), label(node))
			}
		}
		b.WriteString("  end\n")
	}
	reduced := reduce(imports)
	for _, from := range sorted(reduced) {
		for _, to := range sorted(reduced[from]) {
			fmt.Fprintf(&b, "  %s --> %s\n", id(from), id(to))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// id is a node's name in Mermaid, which allows no slashes.
func id(node string) string { return strings.NewReplacer("/", "_", "-", "_").Replace(node) }

// label is what the picture shows: the root package of a floor has the floor's name.
func label(node string) string {
	if path.Base(node) == path.Dir(node) {
		return path.Dir(node)
	}
	return path.Base(node)
}
