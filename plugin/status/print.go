package status

import (
	"cmp"
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// shortDigest is the number of digits that the table shows.
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

// list is the form for machines.
type list struct {
	metav1.TypeMeta `json:",inline"`

	Items []Item `json:"items"`
}

func (o *Options) print(items []Item) error {
	if len(items) == 0 && !o.view.Structured() {
		where := fmt.Sprintf("in namespace %q", o.namespace)
		if o.AllNamespaces {
			where = "in any namespace"
		}
		_, err := fmt.Fprintf(o.ErrOut, "No participants found %s\n", where)
		return err
	}
	d := output.Document{
		Body:  list{metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "ParticipantList"}, items},
		Table: o.table(items), WithNamespace: o.AllNamespaces,
	}
	for _, item := range items {
		d.Names = append(d.Names, item.Participant)
	}
	return o.view.Print(o.Out, d)
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
