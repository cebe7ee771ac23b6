// Package toy has the workloads of toy, a framework only for tests. Each participant has two
// workloads, whose pods have two containers each. A response over HTTP says whether it has
// joined, and it has no jobs. It is in no default registry.
package toy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// readyPath is where a participant says whether it has joined, on the port of a hub.
const readyPath = "/ready"

// The containers.
const (
	containerToy   = "toy"
	containerRelay = "relay"
)

const (
	program = "/toy"
	// worker is the component of the second workload.
	worker = "worker"
	// mountPath is where SitePolicies expect the workspace by default.
	mountPath = "/workspace"
)

// Workloads is toy in Kubernetes.
type Workloads struct{}

// Framework is toy.
func (Workloads) Framework() string { return toy.Name }

// Describe describes toy.
func (Workloads) Describe() workloads.Description {
	return workloads.Description{
		Title: "Toy", Short: "Toy", Image: "registry.example.org/toy:1.0",
		Roles: []kit.Role{toy.RoleHub, toy.RoleLeaf}, Ports: []int{toy.Port},
	}
}

// Joins says whether a workload is the first one.
func (Workloads) Joins(w workloads.Workload) bool { return w.Component == "" }

// Joined is true for a ready pod, and otherwise what the pod says.
func (Workloads) Joined(ctx context.Context, m workloads.Member, p workloads.Prober) (workloads.Joining, error) {
	ready := slices.ContainsFunc(m.Pod.Status.ContainerStatuses, func(c corev1.ContainerStatus) bool { return c.Name == containerToy && c.Ready })
	if ready {
		return workloads.Joined, nil
	}
	return p.HTTP(ctx, toy.Port, readyPath, func(body []byte) bool {
		var says struct {
			Joined bool `json:"joined"`
		}
		return json.Unmarshal(body, &says) == nil && says.Joined
	})
}

// builder makes the objects of one participant.
type builder struct{ workloads.Builder }

// Objects are two Deployments, and a Service for a hub.
func (Workloads) Objects(p workloads.Participant, verified acceptance.Verified) (*workloads.Set, error) {
	common, err := workloads.NewBuilder(toy.Name, p, verified)
	if err != nil {
		return nil, err
	}
	b, k := builder{common}, common.Kit
	if k.Role != toy.RoleHub && k.Role != toy.RoleLeaf {
		return nil, fmt.Errorf("participant %[2]q has role %[1]q, which toy does not have", k.Role, k.Participant)
	}
	needed, err := b.Base()
	if err != nil {
		return nil, err
	}
	needed = append(needed, b.WorkspaceClaim())
	if k.Role == toy.RoleHub {
		needed = append(needed, b.service())
	}
	return &workloads.Set{
		Stages: [][]workloads.Object{needed, {b.deployment(""), b.deployment(worker)}},
		Workloads: []workloads.Workload{
			{Kind: workloads.KindDeployment, Name: b.Name, Role: k.Role},
			{Kind: workloads.KindDeployment, Name: b.Name + "-" + worker, Component: worker, Role: k.Role},
		},
	}, nil
}
