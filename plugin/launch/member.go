package launch

import (
	"context"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Member is a participant that another command launches, such as one of a whole federation.
type Member struct {
	KitDir string
	// RootFingerprint is that of the root that the kit must belong to, if it is known.
	RootFingerprint string
	Participant     workloads.Participant
	Delivery        delivery.Flags
	// SizeGiven says that someone gave the size of the workspace.
	SizeGiven bool
	// Wait is how long to wait until it has joined; 0 means do not wait.
	Wait time.Duration
	// ServerComes says that the server is to run in the same namespace, and may not yet.
	ServerComes bool
}

// New are the options of launching a member.
func New(c clients.Clients, registries Registries, m Member, streams genericiooptions.IOStreams, clk clock.WithTicker) *Options {
	o := &Options{
		KitDir: m.KitDir, Printer: output.NewPrinter(), participant: m.Participant,
		registries: registries, clients: c, clock: clk, IOStreams: streams,
	}
	o.Wait, o.Timeout, o.Rollback, o.Delivery, o.sizeGiven = m.Wait > 0, m.Wait, true, m.Delivery, m.SizeGiven
	o.RootFingerprint, o.serverComes = m.RootFingerprint, m.ServerComes
	return o
}

// Plan reads and verifies the kit, and makes the plan that launches the participant.
func (o *Options) Plan(ctx context.Context) (engine.Plan, error) {
	if err := o.Validate(); err != nil {
		return engine.Plan{}, err
	}
	l := o.launch()
	if err := o.look(ctx, l); err != nil {
		return engine.Plan{}, err
	}
	return l.Plan()
}

// Objects reads and verifies the kit, and makes what would be written, without a cluster.
func (o *Options) Objects() (*workloads.Set, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return o.launch().Objects()
}
