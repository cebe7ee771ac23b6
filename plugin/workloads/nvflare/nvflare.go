// Package nvflare turns a participant of an NVIDIA FLARE federation and its startup kit into
// Kubernetes objects, finds out whether a client has joined, and handles jobs as an admin.
// Facts about NVFLARE's processes come from policies/frameworks/nvflare.
package nvflare

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// container is the name of the container that NVFLARE runs in.
const container = "nvflare"

// Workloads is NVIDIA FLARE in Kubernetes.
type Workloads struct{}

// Framework is nvflare.
func (Workloads) Framework() string { return nvflare.Name }

// Describe describes NVFLARE.
func (Workloads) Describe() workloads.Description {
	return workloads.Description{
		Title: "NVIDIA FLARE",
		Short: "NVFLARE",
		Image: "registry.example.org/nvflare:2.9.0",
		Roles: []kit.Role{nvflare.RoleServer, nvflare.RoleClient, nvflare.RoleAdmin},
		Ports: []int{nvflare.DefaultPort, nvflare.DefaultAdminPort},
	}
}

// builder makes the objects of one participant.
type builder struct{ workloads.Builder }

// Objects are a server's or client's Deployment with its workspace, or an admin's
// CronJob, and what their pods need.
func (Workloads) Objects(p workloads.Participant, verified acceptance.Verified) (*workloads.Set, error) {
	common, err := workloads.NewBuilder(nvflare.Name, p, verified)
	if err != nil {
		return nil, err
	}
	b := builder{common}
	base, err := b.Base()
	if err != nil {
		return nil, err
	}
	switch b.Kit.Role {
	case nvflare.RoleServer:
		return b.server(base)
	case nvflare.RoleClient:
		base = append(append(base, b.WorkspaceClaim()), b.DialedService()...)
		set := b.set(append(b.withJobPort(base), b.LauncherAccess()...), b.deployment(nil))
		set.Notes = b.gpuNotes()
		return set, nil
	case nvflare.RoleAdmin:
		if b.JobPods {
			return nil, errNoJobs(b.Kit)
		}
		return b.set(append(base, b.DialedService()...), b.cronJob()), nil
	}
	return nil, fmt.Errorf("participant %[2]q has role %[1]q, which NVFLARE does not have in Kubernetes", b.Kit.Role, b.Kit.Participant)
}

func (b builder) server(base []workloads.Object) (*workloads.Set, error) {
	ports := serverPorts(b.Kit)
	services, notes, err := b.serverServices(ports)
	if err != nil {
		return nil, err
	}
	needed := append(append(base, b.WorkspaceClaim()), services...)
	set := b.set(append(needed, b.LauncherAccess()...), b.deployment(ports))
	set.Notes = notes
	return set, nil
}

// set writes what pods need before the workloads that run them.
func (b builder) set(needed []workloads.Object, runs workloads.Object) *workloads.Set {
	return &workloads.Set{
		Stages: [][]workloads.Object{needed, {runs}},
		Workloads: []workloads.Workload{{
			Kind: runs.GetObjectKind().GroupVersionKind().Kind, Name: runs.GetName(), Role: b.Kit.Role,
		}},
	}
}
