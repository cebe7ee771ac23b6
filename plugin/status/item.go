package status

import (
	"fmt"
	"math"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
)

// Item is one participant, as -o json and -o yaml show it.
type Item struct {
	Participant string `json:"participant"`
	Namespace   string `json:"namespace"`
	ObjectName  string `json:"objectName"`
	Framework   string `json:"framework"`
	Role        string `json:"role"`
	Federation  string `json:"federation"`
	Org         string `json:"org"`
	// Ready is "ready/wanted" of all workloads; empty if their pods exist only while a
	// command needs them.
	Ready string `json:"ready,omitempty"`
	// Registered is yes, no or unknown; empty for a participant that joins by
	// being ready.
	Registered string `json:"registered,omitempty"`
	KitDigest  string `json:"kitDigest"`
	// NotAfter and DaysLeft are absent if the annotation is missing.
	NotAfter string `json:"notAfter,omitempty"`
	DaysLeft *int   `json:"daysLeft,omitempty"`
	// Image, Pod and Node are those of the first workload.
	Image     string     `json:"image"`
	Pod       string     `json:"pod,omitempty"`
	Node      string     `json:"node,omitempty"`
	Created   time.Time  `json:"created"`
	Workloads []Workload `json:"workloads"`
}

// Workload is one workload of a participant.
type Workload struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Component tells it from the others; empty for the first one.
	Component string `json:"component,omitempty"`
	Ready     string `json:"ready,omitempty"`
	Image     string `json:"image"`
	Pod       string `json:"pod,omitempty"`
	Node      string `json:"node,omitempty"`

	// registered is the Registered of its participant, if this is the workload that
	// joins.
	registered string
}

func newItem(p participants.Participant, pods participants.Pods, now time.Time) Item {
	item := Item{
		Participant: p.Name, Namespace: p.Namespace, ObjectName: p.ObjectName, Framework: p.Framework,
		Role: string(p.Role), Federation: p.Federation, Org: p.Org, KitDigest: p.KitDigest, Created: p.Created,
	}
	if !p.NotAfter.IsZero() {
		item.NotAfter = p.NotAfter.Format(time.RFC3339)
		item.DaysLeft = new(int(math.Floor(p.NotAfter.Sub(now).Hours() / 24)))
	}
	var ready, wanted int32
	for _, w := range p.Workloads {
		item.Workloads = append(item.Workloads, newWorkload(w, pods.Of(p, w)))
		ready, wanted = ready+w.Ready, wanted+w.Wanted
	}
	if !p.OnDemand() {
		item.Ready = fmt.Sprintf("%d/%d", ready, wanted)
	}
	first := item.Workloads[0]
	item.Image, item.Pod, item.Node = first.Image, first.Pod, first.Node
	return item
}

func newWorkload(w participants.Workload, pod *corev1.Pod) Workload {
	out := Workload{Kind: w.Kind, Name: w.Name, Component: w.Component, Image: w.Image()}
	if !w.OnDemand() {
		out.Ready = fmt.Sprintf("%d/%d", w.Ready, w.Wanted)
	}
	if pod != nil {
		out.Pod, out.Node = pod.Name, pod.Spec.NodeName
	}
	return out
}
