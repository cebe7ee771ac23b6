package status

import (
	"fmt"
	"math"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Item is one participant, as -o json and -o yaml show it.
type Item struct {
	Participant string `json:"participant"`
	Namespace   string `json:"namespace"`
	ObjectName  string `json:"objectName"`
	Role        string `json:"role"`
	Federation  string `json:"federation"`
	Org         string `json:"org"`
	// Ready is "ready/wanted"; empty for an admin.
	Ready string `json:"ready,omitempty"`
	// Registered is yes, no or unknown; empty unless Role is client.
	Registered string `json:"registered,omitempty"`
	KitDigest  string `json:"kitDigest"`
	// NotAfter and DaysLeft are absent where the annotation is gone.
	NotAfter string    `json:"notAfter,omitempty"`
	DaysLeft *int      `json:"daysLeft,omitempty"`
	Image    string    `json:"image"`
	Pod      string    `json:"pod,omitempty"`
	Node     string    `json:"node,omitempty"`
	Created  time.Time `json:"created"`
}

func newItem(p participants.Participant, pod *corev1.Pod, now time.Time) Item {
	item := Item{
		Participant: p.Name, Namespace: p.Namespace, ObjectName: p.ObjectName,
		Role: string(p.Role), Federation: p.Federation, Org: p.Org,
		KitDigest: p.KitDigest, Image: p.Image, Created: p.Created,
	}
	if d := p.Deployment; d != nil {
		wanted := int32(1)
		if d.Spec.Replicas != nil {
			wanted = *d.Spec.Replicas
		}
		item.Ready = fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, wanted)
	}
	if p.Role == kit.RoleClient {
		item.Registered = string(participants.NotRegistered)
	}
	if !p.NotAfter.IsZero() {
		item.NotAfter = p.NotAfter.Format(time.RFC3339)
		item.DaysLeft = new(int(math.Floor(p.NotAfter.Sub(now).Hours() / 24)))
	}
	if pod != nil {
		item.Pod, item.Node = pod.Name, pod.Spec.NodeName
	}
	return item
}
