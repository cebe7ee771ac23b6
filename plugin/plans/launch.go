// Package plans makes engine.Plans for participants and their kits. The commands that
// bring participants into clusters share it.
package plans

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The commands that create objects, as inventories name them.
const (
	commandLaunch = "launch"
	commandInject = "inject"
)

// Launch is one participant to run.
type Launch struct {
	Target engine.Target
	// Framework is the kit's.
	Framework   *workloads.Framework
	Participant workloads.Participant
	// Verified is the kit, placed on its volume if it goes to one.
	Verified acceptance.Verified
	// SizeGiven says that the user gave the participant's StorageSize.
	SizeGiven bool
	// Wait is how long to wait until the participant has joined; 0 means do not wait.
	Wait  time.Duration
	Clock clock.WithTicker
	// Namespace is the participant's namespace; nil if the user may not read it.
	Namespace *corev1.Namespace
	// Rollback restores the former objects if a change does not work.
	Rollback bool
	// ServerComes says that the server is to run in the same namespace, and may not yet.
	ServerComes bool

	kit *kit.Kit
	set *workloads.Set
}

// Objects are what the plan writes.
func (l *Launch) Objects() (*workloads.Set, error) {
	if i := slices.IndexFunc(l.Participant.Data, func(d workloads.Data) bool { return d.MountPath == "" }); i >= 0 {
		return nil, fmt.Errorf("the path of the claim %[1]q is in the SitePolicy, which is not read without a cluster: give it too, as --data %[1]s:PATH", l.Participant.Data[i].Claim)
	}
	set, err := l.Framework.Objects(l.Participant, l.Verified)
	if err != nil {
		return nil, err
	}
	k, err := l.Verified.Kit()
	if err != nil {
		return nil, err
	}
	p := &l.Participant
	return set, errors.Join(set.UseExisting(p, k.Participant), set.CheckImages(p.Images), set.CheckData(p.Data), set.CheckSettings(p), set.CheckExternal(&p.ExternalService))
}

// Plan makes the plan. Objects of an earlier launch that are not needed any more are
// deleted at its end, once the participant has joined; without waiting they stay, and the
// next launch finds them.
func (l *Launch) Plan() (engine.Plan, error) {
	var err error
	if l.kit, err = l.Verified.Kit(); err != nil {
		return engine.Plan{}, err
	}
	if l.set, err = l.Objects(); err != nil {
		return engine.Plan{}, err
	}
	inventory := newInventory(l.Participant.Namespace, l.kit, commandLaunch, l.set.Objects())
	p := engine.Plan{Subject: l.kit.Participant, Target: l.Target, Rollback: l.Rollback}
	p.Steps = append(p.Steps, &surroundings{launch: l}, inventory)
	p.Steps = append(p.Steps, delivery.Steps(l.kit, l.Participant.KitImage, l.Participant.PlatformUser, l.set.Stages)...)
	p.Steps = append(p.Steps, &remarks{launch: l})
	if l.Wait > 0 {
		p.Steps = append(p.Steps, &join{launch: l}, &address{launch: l}, &engine.Prune{Inventory: inventory})
	}
	return p, nil
}

func newInventory(namespace string, k *kit.Kit, command string, objects []workloads.Object) *engine.Inventory {
	return &engine.Inventory{
		Owner:   workloads.Meta(namespace, kit.ObjectName(k.Participant), k),
		Command: command, Objects: objects,
	}
}

// Inject makes the plan that puts a kit into the cluster without running a participant
// from it.
func Inject(t engine.Target, k *kit.Kit, image string, objects []workloads.Object) engine.Plan {
	p := engine.Plan{Subject: k.Participant, Target: t, Steps: []engine.Step{newInventory(t.Namespace, k, commandInject, objects)}}
	p.Steps = append(p.Steps, delivery.Steps(k, image, nil, [][]workloads.Object{objects})...)
	return p
}

// remarks is the step that reports what users should know once the objects are written.
type remarks struct{ launch *Launch }

// Rehearse implements engine.Step.
func (r *remarks) Rehearse(ctx context.Context, s *engine.Session) error {
	if s.DryRun() {
		return r.Run(ctx, s)
	}
	return nil
}

// Run implements engine.Step.
func (r *remarks) Run(_ context.Context, s *engine.Session) error {
	for _, note := range r.launch.set.Notes {
		s.Reporter.Note("%s", note)
	}
	r.launch.keptClaim(s)
	return nil
}
