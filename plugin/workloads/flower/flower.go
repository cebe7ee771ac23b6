// Package flower turns a participant of a Flower federation and its kit into Kubernetes
// objects, and finds out whether a SuperNode has joined. Facts about Flower's processes come
// from policies/frameworks/flower.
package flower

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The containers. The first one of a pod is that of its role.
const (
	containerSuperLink = "superlink"
	containerSuperNode = "supernode"
	containerAdmin     = "flwr"
	containerProxy     = "proxy"
	containerRegister  = "register"
	containerSuperExec = "superexec"
)

// Workloads is Flower in Kubernetes.
type Workloads struct{}

// Framework is flower.
func (Workloads) Framework() string { return flower.Name }

// Describe describes Flower.
func (Workloads) Describe() workloads.Description {
	return workloads.Description{
		Title: "Flower",
		Short: "Flower",
		Image: "registry.example.org/flower:1.42.0",
		Roles: []kit.Role{flower.RoleServer, flower.RoleClient, flower.RoleAdmin},
		Ports: []int{flower.FleetPort, flower.ControlPort},
	}
}

// builder makes the objects of one participant.
type builder struct {
	workloads.Builder
	spec    flower.Spec
	dialect flower.Dialect
}

// Objects are the Deployment of a SuperLink or a SuperNode with its workspace, or the
// CronJob of a scientist, and what their pods need.
func (Workloads) Objects(p workloads.Participant, verified acceptance.Verified) (*workloads.Set, error) {
	b, err := newBuilder(p, verified)
	if err != nil {
		return nil, err
	}
	base, err := b.Base()
	if err != nil {
		return nil, err
	}
	switch b.Kit.Role {
	case flower.RoleServer:
		return b.server(base)
	case flower.RoleClient:
		return b.client(base)
	case flower.RoleAdmin:
		if b.JobPods || b.JobContainer {
			return nil, errNoJobs(b.Kit)
		}
		return b.set(append(base, b.DialedService()...), b.cronJob()), nil
	}
	return nil, fmt.Errorf("participant %[2]q has role %[1]q, which Flower does not have in Kubernetes", b.Kit.Role, b.Kit.Participant)
}

func newBuilder(p workloads.Participant, verified acceptance.Verified) (builder, error) {
	common, err := workloads.NewBuilder(flower.Name, p, verified)
	if err != nil {
		return builder{}, err
	}
	b := builder{Builder: common}
	if b.spec, err = flower.SpecOf(common.Kit); err != nil {
		return builder{}, err
	}
	if b.dialect, err = flower.DialectOf(b.spec.Version); err != nil {
		return builder{}, err
	}
	return b, b.checkImages()
}

func errNoJobs(k *kit.Kit) error {
	return fmt.Errorf("participant %q has role %q, which runs no jobs", k.Participant, k.Role)
}

func (b builder) server(base []workloads.Object) (*workloads.Set, error) {
	if b.JobPods {
		return nil, checkLauncher(b.Kit)
	}
	services, notes, err := b.services()
	if err != nil {
		return nil, err
	}
	set := b.set(append(append(base, b.WorkspaceClaim()), services...), b.deployment(b.superLinkPod()))
	set.Notes = notes
	return set, nil
}

func (b builder) client(base []workloads.Object) (*workloads.Set, error) {
	if b.apart() {
		if err := (Workloads{}).CheckJobContainer(b.Kit); err != nil {
			return nil, err
		}
	}
	needed := append(append(base, b.WorkspaceClaim()), b.DialedService()...)
	needed = append(append(needed, b.runtimeService()...), b.LauncherAccess()...)
	set := b.set(needed, b.deployment(b.superNodePod()))
	set.Notes = b.launcherNotes()
	return set, nil
}

// CheckJobContainer requires what a SuperExec needs to dial its SuperNode.
func (Workloads) CheckJobContainer(k *kit.Kit) error {
	if k.Role == flower.RoleAdmin {
		return errNoJobs(k)
	}
	for _, name := range k.FileNames() {
		if k.Role == flower.RoleServer || name == flower.RuntimeCertificateFile {
			return nil
		}
	}
	return fmt.Errorf("the kit of %q has no startup/%s, with which a SuperNode serves a SuperExec in another container: run its jobs in its own container, or ask the project lead for a kit that `kubectl flare provision` has made",
		k.Participant, flower.RuntimeCertificateFile)
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

// apart says whether a SuperExec in a container of its own runs the jobs, or starts them.
func (b builder) apart() bool { return b.JobContainer || b.JobPods }

// jobs is the name of the container in which apps run; empty if they run in other pods.
func (b builder) jobs() string {
	switch {
	case b.JobPods:
		return ""
	case b.JobContainer:
		return containerSuperExec
	case b.Kit.Role == flower.RoleServer:
		return containerSuperLink
	}
	return containerSuperNode
}

// isolation is where apps run.
func (b builder) isolation() flower.Isolation {
	if b.apart() {
		return flower.IsolationProcess
	}
	return flower.IsolationSubprocess
}

// python is a container that runs a program of Flower.
func (b builder) python(name string, command ...string) corev1.Container {
	c := b.Container(name, command...)
	c.Env = append(c.Env, environment()...)
	return c
}
