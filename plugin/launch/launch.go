// Package launch is the command that turns a startup kit into a running participant.
package launch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/plans"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Options are the arguments and flags of `kubectl flare launch`.
type Options struct {
	flags
	KitDir  string
	Printer *output.Printer

	participant workloads.Participant
	serverComes bool
	verified    acceptance.Verified
	framework   *workloads.Framework
	registries  Registries
	clients     clients.Clients
	clock       clock.WithTicker
	genericiooptions.IOStreams
}

// Registries are the frameworks that launch knows.
type Registries struct {
	Kits      *frameworks.Registry
	Workloads *workloads.Registry
}

// Complete reads the flags and the namespace.
func (o *Options) Complete(cmd *cobra.Command, args []string) error {
	o.KitDir = args[0]
	if err := o.Printer.Complete(cmd); err != nil {
		return err
	}
	namespace, err := o.clients.Namespace()
	if err != nil {
		return err
	}
	o.participant, err = o.flags.participant(namespace, o.registries.Workloads)
	return err
}

// Validate reads and verifies the kit: a kit that fails a check is not launched.
func (o *Options) Validate() error {
	verified, findings, err := source.GenuineKit(o.registries.Kits, o.KitDir, o.RootFingerprint, o.clock.Now(), source.WithPIN(o.PINFile))
	if err != nil {
		return err
	}
	for _, f := range findings.With(kit.StatusWarn) {
		_, _ = fmt.Fprintln(o.ErrOut, "Warning: "+f.Message)
	}
	k, err := verified.Kit()
	if err != nil {
		return err
	}
	if o.framework, err = o.registries.Workloads.Get(k.Framework); err != nil {
		return err
	}
	if verified, err = o.withJobRuntime(verified); err != nil {
		return err
	}
	o.verified, err = o.Delivery.Place(verified)
	return err
}

// Run launches.
func (o *Options) Run(ctx context.Context) error {
	launch := o.launch()
	if o.Printer.DryRun.Client() {
		return o.show(launch)
	}
	if err := o.look(ctx, launch); err != nil {
		return err
	}
	plan, err := launch.Plan()
	if err != nil {
		return err
	}
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: reporter}
	changes, err := e.Carry(ctx, plan, o.Printer.DryRun.Server())
	return errors.Join(err, reporter.Print(changes))
}

func (o *Options) launch() *plans.Launch {
	l := &plans.Launch{
		Target:      engine.Target{Clients: o.clients, Namespace: o.participant.Namespace},
		Participant: o.participant, Framework: o.framework, Verified: o.verified, SizeGiven: o.sizeGiven, Clock: o.clock, Rollback: o.Rollback,
		ServerComes: o.serverComes,
	}
	if o.Wait {
		l.Wait = o.Timeout
	}
	return l
}

// show prints what would be written, without a cluster.
func (o *Options) show(launch *plans.Launch) error {
	set, err := launch.Objects()
	if err != nil {
		return err
	}
	for _, note := range set.Notes {
		_, _ = fmt.Fprintln(o.ErrOut, "Note: "+note)
	}
	return o.Printer.Objects(o.IOStreams, set.Objects())
}

// minTimeout keeps a wait from ending before the first look.
const minTimeout = time.Second
