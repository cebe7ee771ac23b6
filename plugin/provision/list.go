package provision

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/kitfiles"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// List is what `provision -o json` prints. It has no private key in it.
type List struct {
	metav1.TypeMeta `json:",inline"`

	Items  []Item `json:"items"`
	DryRun bool   `json:"dryRun,omitempty"`
}

// Item is the kit of one participant.
type Item struct {
	Participant string   `json:"participant"`
	Role        kit.Role `json:"role"`
	// Status is created, updated, unchanged, or elsewhere: only a kit that is not in the
	// folder has the participant's key.
	Status kitfiles.Status `json:"status"`
	Folder string          `json:"folder,omitempty"`
	// Digest is that of startup/.
	Digest string `json:"digest,omitempty"`
}

// elsewhere is the status of a kit that was handed out.
const elsewhere kitfiles.Status = "elsewhere"

// NewList makes a list without items.
func NewList(kind string, dryRun bool) *List {
	return &List{TypeMeta: metav1.TypeMeta{APIVersion: names.APIVersion, Kind: kind}, Items: []Item{}, DryRun: dryRun}
}

// write writes the kits, or only compares them.
func (o *Options) write(w *workspace, result *provisioning.Result) (*List, error) {
	list := NewList("StartupKitList", o.DryRun.Client())
	for _, k := range result.Kits {
		if k.Content == nil {
			list.Items = append(list.Items, Item{Participant: k.Participant, Role: k.Role, Status: elsewhere})
			continue
		}
		if err := list.Add(w.kit(k.Participant), k); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Add writes a kit into a folder, unless it is a dry run, and lists it.
func (l *List) Add(dir string, k provisioning.Kit) error {
	write := kitfiles.Write
	if l.DryRun {
		write = kitfiles.Compare
	}
	status, err := write(dir, k.Content)
	if err != nil {
		return err
	}
	l.Items = append(l.Items, Item{k.Participant, k.Role, status, dir, k.Content.Digest()})
	return nil
}

// Document is the list as a table, or in a format for machines.
func (l *List) Document() output.Document {
	table := &metav1.Table{}
	for _, name := range []string{"Participant", "Role", "Kit", "Folder"} {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	var participants []string
	for _, one := range l.Items {
		table.Rows = append(table.Rows, metav1.TableRow{Cells: []any{one.Participant, string(one.Role), string(one.Status), one.Folder}})
		participants = append(participants, one.Participant)
	}
	return output.Document{Body: l, Names: participants, Table: table}
}

// print prints the list, and what to do next.
func (o *Options) print(list *List) error {
	if err := o.view.Print(o.Out, list.Document()); err != nil {
		return err
	}
	changed := func(one Item) bool { return one.Status == kitfiles.Created || one.Status == kitfiles.Updated }
	if o.view.Structured() || o.DryRun.Client() || !slices.ContainsFunc(list.Items, changed) {
		return nil
	}
	state := (&workspace{o.Dir}).stateDir() + "/" + stateFile
	fmt.Fprintf(o.ErrOut, "Seal the kits before you hand them out, with a key that the root vouches for:\n"+
		"  kubectl flare kit sealer new --name=release --state=%s --out=sealer\n  kubectl flare kit seal DIR --key=sealer/sealer.key --cert=sealer/sealer.crt\n", state)
	return nil
}
