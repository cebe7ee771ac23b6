package participants

import (
	"cmp"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// grouped collects the workloads of each participant. The zero value is empty.
type grouped struct {
	all map[string]*Participant // by namespace and the instance in the labels
}

func (g *grouped) add(m *metav1.ObjectMeta, w Workload) {
	if g.all == nil {
		g.all = map[string]*Participant{}
	}
	key := instanceKey(m.Namespace, m.Labels, m.Name)
	p, ok := g.all[key]
	if !ok {
		p = &Participant{}
		g.all[key] = p
	}
	p.Workloads = append(p.Workloads, w)
	slices.SortFunc(p.Workloads, func(a, b Workload) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), cmp.Compare(a.Name, b.Name))
	})
	if p.Workloads[0].Name == w.Name {
		p.fill(m)
	}
}

// fill takes what the first workload says of the participant.
func (p *Participant) fill(m *metav1.ObjectMeta) {
	p.Name, p.Namespace = TrueName(m), m.Namespace
	p.ObjectName = cmp.Or(m.Labels[names.LabelAppInstance], m.Name)
	p.Framework, p.Role = m.Labels[names.LabelFramework], kit.Role(m.Labels[names.LabelRole])
	p.Federation, p.Org = m.Annotations[names.AnnotationFederation], m.Annotations[names.AnnotationOrg]
	p.KitDigest, p.Created = m.Annotations[names.AnnotationKitDigest], m.CreationTimestamp.Time
	p.NotAfter = time.Time{}
	if end, err := time.Parse(time.RFC3339, m.Annotations[names.AnnotationNotAfter]); err == nil {
		p.NotAfter = end
	}
}

func (g *grouped) sorted() []Participant {
	out := make([]Participant, 0, len(g.all))
	for _, p := range g.all {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Participant) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// instanceKey tells participants apart. If the label was removed, it is the object's own
// name.
func instanceKey(namespace string, labels map[string]string, name string) string {
	return namespace + "/" + cmp.Or(labels[names.LabelAppInstance], name)
}
