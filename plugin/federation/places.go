package federation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// problem is what is wrong with a field, by its path in the file.
type problem struct{ path, text string }

// places know the lines of the fields of a file.
type places struct {
	file string
	root *yaml.Node
}

// errorsOf are problems as errors with file and line, in the order of the lines.
func (p *places) errorsOf(found []problem) error {
	lines := make([]int, len(found))
	order := make([]int, len(found))
	for i, one := range found {
		lines[i], order[i] = p.line(one.path), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(lines[a], lines[b]), cmp.Compare(found[a].path, found[b].path))
	})
	var errs []error
	for _, i := range order {
		errs = append(errs, p.problem(found[i]))
	}
	return errors.Join(errs...)
}

func (p *places) problem(one problem) error {
	text := strings.TrimSpace(one.path + " " + one.text)
	if p == nil {
		return errors.New(text)
	}
	if line := p.line(one.path); line > 0 {
		return fmt.Errorf("%s:%d: %s", p.file, line, text)
	}
	return fmt.Errorf("%s: %s", p.file, text)
}

// line is that of the field, or of what is around it if the file does not have the field; 0
// without a file.
func (p *places) line(path string) int {
	if p == nil || p.root == nil {
		return 0
	}
	node, line := p.root, p.root.Line
	for _, step := range steps(path) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

// steps splits a path such as spec.participants[2].kit.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// child is a value in a mapping or a list, with the node that shows where it begins.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	if node.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
		return nil, nil
	}
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == step {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}
