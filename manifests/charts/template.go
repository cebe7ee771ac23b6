package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// when is a value that is there only if a condition of the chart's template is true.
type when struct {
	condition string
	value     any
}

// each is a list item for every item of a list among the chart's values.
type each struct{ list, item string }

// expression is what a template writes in place of a value.
type expression string

// writer writes a tree as the template of a YAML document. Scalars are written as JSON, which
// is YAML too.
type writer struct{ strings.Builder }

func (w *writer) line(depth int, format string, args ...any) {
	w.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

// conditionally writes a value with `if` and `end` around it.
func (w *writer) conditionally(value any, write func(any) error) error {
	c, ok := value.(when)
	if !ok {
		return write(value)
	}
	w.line(0, "{{- if %s }}", c.condition)
	if err := write(c.value); err != nil {
		return err
	}
	w.line(0, "{{- end }}")
	return nil
}

// object writes the fields of an object in the order of their names. The first of them may
// follow a dash.
func (w *writer) object(fields map[string]any, depth int) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.conditionally(fields[name], func(value any) error { return w.field(name, value, depth) }); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) field(name string, value any, depth int) error {
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 {
			w.line(depth, "%s:", name)
			return w.object(v, depth+1)
		}
	case []any:
		if len(v) > 0 {
			w.line(depth, "%s:", name)
			return w.list(v, depth)
		}
	}
	text, err := scalar(value)
	w.line(depth, "%s: %s", name, text)
	return err
}

func (w *writer) list(items []any, depth int) error {
	for _, item := range items {
		if err := w.conditionally(item, func(value any) error { return w.item(value, depth) }); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) item(value any, depth int) error {
	switch v := value.(type) {
	case each:
		w.line(0, "{{- range %s }}", v.list)
		w.line(depth, "- %s", v.item)
		w.line(0, "{{- end }}")
		return nil
	case map[string]any:
		if len(v) > 0 {
			w.line(depth, "-")
			return w.object(v, depth+1)
		}
	}
	text, err := scalar(value)
	w.line(depth, "- %s", text)
	return err
}

func scalar(value any) (string, error) {
	if e, ok := value.(expression); ok {
		return string(e), nil
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	// Templates of alerts and dashboards are not the chart's.
	return strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "{{", `{{ "{{" }}`), nil
}
