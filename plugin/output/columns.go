package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/client-go/util/jsonpath"
)

// The formats of `kubectl get` with custom columns. kubectl's own printer is in the package
// of that command, which takes 40 ms to initialize.
const (
	formatColumns     = "custom-columns"
	formatColumnsFile = "custom-columns-file"
)

// columns prints a line for each object, or for each item of a list.
type columns struct {
	headers, paths []string
	noHeaders      bool
}

// newColumns reads a format such as "custom-columns=NAME:.metadata.name". ok is false for
// other formats.
func newColumns(format, template string, noHeaders bool) (c *columns, ok bool, err error) {
	name, spec, given := strings.Cut(format, "=")
	if !given {
		spec = template
	}
	c = &columns{noHeaders: noHeaders}
	switch {
	case name != formatColumns && name != formatColumnsFile:
		return nil, false, nil
	case spec == "":
		return nil, true, fmt.Errorf("-o %s has no columns: give them as in -o %s=HEADER:.json.path,HEADER:.json.path", name, formatColumns)
	case name == formatColumnsFile:
		err = c.fromFile(spec)
	default:
		err = c.fromSpec(spec)
	}
	return c, true, errors.Join(err, c.validate())
}

// fromSpec reads "HEADER:path" of each column, separated by commas.
func (c *columns) fromSpec(spec string) error {
	for column := range strings.SplitSeq(spec, ",") {
		header, path, ok := strings.Cut(column, ":")
		if !ok {
			return fmt.Errorf("column %q of -o %s is not HEADER:.json.path", column, formatColumns)
		}
		c.headers, c.paths = append(c.headers, header), append(c.paths, path)
	}
	return nil
}

// fromFile reads a line with headers and one with paths, separated by spaces.
func (c *columns) fromFile(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("-o %s: %w", formatColumnsFile, err)
	}
	headers, paths, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	c.headers, c.paths = strings.Fields(headers), strings.Fields(paths)
	if len(c.headers) != len(c.paths) {
		return fmt.Errorf("-o %s=%s: there are %d headers in the first line and %d paths in the second", formatColumnsFile, name, len(c.headers), len(c.paths))
	}
	return nil
}

// validate converts paths to the form of jsonpath: braces and the dot are optional.
func (c *columns) validate() error {
	for i, path := range c.paths {
		path = strings.TrimSuffix(strings.TrimPrefix(path, "{"), "}")
		c.paths[i] = "{." + strings.TrimPrefix(path, ".") + "}"
		if _, err := jsonpath.Parse("column", c.paths[i]); err != nil {
			return fmt.Errorf("column %q of -o %s: %w", c.headers[i], formatColumns, err)
		}
	}
	return nil
}

// PrintObj implements printers.ResourcePrinter.
func (c *columns) PrintObj(obj runtime.Object, out io.Writer) error {
	w := printers.GetNewTabWriter(out)
	if !c.noHeaders {
		_, _ = fmt.Fprintln(w, strings.Join(c.headers, "\t"))
	}
	items := []runtime.Object{obj}
	if meta.IsListType(obj) {
		var err error
		if items, err = meta.ExtractList(obj); err != nil {
			return err
		}
	}
	for _, item := range items {
		if err := c.line(item, w); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (c *columns) line(obj runtime.Object, out io.Writer) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if u, ok := obj.(*unstructured.Unstructured); ok {
		content, err = u.Object, nil
	}
	if err != nil {
		return err
	}
	cells := make([]string, 0, len(c.paths))
	for _, path := range c.paths {
		cell, err := cellOf(content, path)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
	}
	_, err = fmt.Fprintln(out, strings.Join(cells, "\t"))
	return err
}

// cellOf is the value at the path; "<none>" if there is none.
func cellOf(content map[string]any, path string) (string, error) {
	parser := jsonpath.New("column").AllowMissingKeys(true)
	if err := parser.Parse(path); err != nil {
		return "", err
	}
	results, err := parser.FindResults(content)
	if err != nil {
		return "", err
	}
	var values []string
	for _, value := range slices.Concat(results...) {
		values = append(values, printers.EscapeTerminal(fmt.Sprint(value.Interface())))
	}
	if len(values) == 0 {
		return "<none>", nil
	}
	return strings.Join(values, ","), nil
}
