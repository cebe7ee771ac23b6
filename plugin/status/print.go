package status

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/cli-runtime/pkg/printers"
	"sigs.k8s.io/yaml"
)

// shortDigest is as many digits as a person compares.
const shortDigest = 12

// wide marks a column for -o wide.
const wide = 1

func columns() []metav1.TableColumnDefinition {
	return []metav1.TableColumnDefinition{
		{Name: "Participant", Type: "string"},
		{Name: "Role", Type: "string"},
		{Name: "Ready", Type: "string"},
		{Name: "Registered", Type: "string"},
		{Name: "Kit", Type: "string"},
		{Name: "Days-Left", Type: "string"},
		{Name: "Federation", Type: "string", Priority: wide},
		{Name: "Org", Type: "string", Priority: wide},
		{Name: "Image", Type: "string", Priority: wide},
		{Name: "Workload", Type: "string", Priority: wide},
		{Name: "Pod", Type: "string", Priority: wide},
		{Name: "Node", Type: "string", Priority: wide},
		{Name: "Age", Type: "string"},
	}
}

func (o *Options) print(items []Item) error {
	switch o.Output {
	case "json", "yaml":
		return o.printStructured(items)
	}
	if len(items) == 0 {
		where := fmt.Sprintf("in namespace %q", o.namespace)
		if o.AllNamespaces {
			where = "in any namespace"
		}
		_, err := fmt.Fprintf(o.ErrOut, "No participants found %s\n", where)
		return err
	}
	printer := printers.NewTablePrinter(printers.PrintOptions{
		WithNamespace: o.AllNamespaces, Wide: o.Output == "wide", NoHeaders: o.NoHeaders,
	})
	return printer.PrintObj(o.table(items), o.Out)
}

// printStructured prints the items in the shape of a list, which a reader of
// kubectl's output expects; it is no API object.
func (o *Options) printStructured(items []Item) error {
	list := struct {
		Items []Item `json:"items"`
	}{Items: items}
	data, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	if o.Output == "yaml" {
		if data, err = yaml.JSONToYAML(data); err != nil {
			return err
		}
		_, err = o.Out.Write(data)
		return err
	}
	_, err = fmt.Fprintln(o.Out, string(data))
	return err
}

func (o *Options) table(items []Item) *metav1.Table {
	table := &metav1.Table{ColumnDefinitions: columns()}
	for _, item := range items {
		for _, w := range item.Workloads {
			row := metav1.TableRow{Cells: o.cells(item, w)}
			// The printer takes the namespace column from the row's object.
			row.Object.Object = &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: item.Namespace}}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

func (o *Options) cells(i Item, w Workload) []any {
	digest := i.KitDigest
	if len(digest) > shortDigest {
		digest = digest[:shortDigest]
	}
	age := "<unknown>"
	if !i.Created.IsZero() {
		age = duration.HumanDuration(o.clock.Since(i.Created))
	}
	return []any{
		i.Participant, i.Role, dash(w.Ready), dash(w.registered), dash(digest), daysLeft(i.DaysLeft),
		dash(i.Federation), dash(i.Org), dash(w.Image), w.Name, dash(w.Pod), dash(w.Node), age,
	}
}

func dash(s string) string { return cmp.Or(s, "-") }

func daysLeft(days *int) string {
	switch {
	case days == nil:
		return "<unknown>"
	case *days < 0:
		return "expired"
	}
	return strconv.Itoa(*days)
}
