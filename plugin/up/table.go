package up

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Plan is what `up --plan -o json` prints: what up would do, in this order.
type Plan struct {
	metav1.TypeMeta `json:",inline"`

	Items []PlanItem `json:"items"`
}

// PlanItem is what up would do for one participant.
type PlanItem struct {
	Participant string              `json:"participant"`
	Role        kit.Role            `json:"role,omitempty"`
	Org         string              `json:"org,omitempty"`
	Context     string              `json:"context,omitempty"`
	Namespace   string              `json:"namespace,omitempty"`
	Kit         string              `json:"kit,omitempty"`
	Image       string              `json:"image,omitempty"`
	JobRuntime  string              `json:"jobRuntime,omitempty"`
	Steps       []string            `json:"steps"`
	Settings    federation.Settings `json:"settings"`
}

// newPlan is the plan for the members, the server first.
func (o *Options) newPlan(all []member) (*Plan, error) {
	p := &Plan{TypeMeta: metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "FederationPlan"}, Items: []PlanItem{}}
	for _, first := range []bool{true, false} {
		for _, m := range all {
			if (m.Role == kit.RoleServer) != first {
				continue
			}
			image, err := mirrored(m.Image, m.RegistryMirror)
			if err != nil {
				return nil, err
			}
			item := PlanItem{
				Participant: m.Name, Role: m.Role, Org: m.Org, Context: m.Context, Namespace: m.Namespace, Kit: m.dir,
				Image: image, JobRuntime: string(cmp.Or(m.JobRuntime, federation.JobProcess)), Steps: o.steps(m), Settings: m.Settings,
			}
			if m.apart {
				item.Image, item.JobRuntime = "", ""
			}
			p.Items = append(p.Items, item)
		}
	}
	return p, nil
}

// steps are what happens to a participant, in one word each.
func (o *Options) steps(m member) []string {
	if m.apart {
		return []string{}
	}
	var steps []string
	if m.kit == nil {
		steps = append(steps, "provision")
	}
	if o.seal.Key != "" && (m.kit == nil || !m.kit.sealed) {
		steps = append(steps, "seal")
	} else {
		steps = append(steps, "verify")
	}
	if m.Govern.Policy != "" {
		steps = append(steps, "govern")
	}
	steps = append(steps, "inject", "launch")
	if o.Wait && m.Role != kit.RoleAdmin {
		steps = append(steps, "wait")
	}
	return steps
}

// document is the plan as a table, or in a format for machines.
func (p *Plan) document() output.Document {
	table := &metav1.Table{}
	for _, name := range []string{"Participant", "Role", "Org", "Context", "Namespace", "Image", "Jobs", "Steps"} {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	var participants []string
	for _, one := range p.Items {
		steps := cmp.Or(strings.Join(one.Steps, " → "), "none: it runs elsewhere")
		table.Rows = append(table.Rows, metav1.TableRow{Cells: []any{
			one.Participant, string(one.Role), one.Org, cmp.Or(one.Context, "(current)"), one.Namespace, one.Image, one.JobRuntime, steps,
		}})
		participants = append(participants, one.Participant)
	}
	return output.Document{Body: p, Names: participants, Table: table}
}
