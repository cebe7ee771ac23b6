// Package launch is the command that takes a participant from its startup kit
// to a running pod.
package launch

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/apply"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/rollout"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Options are what `kubectl flare launch` is told.
type Options struct {
	flags
	KitDir  string
	Printer *output.Printer

	participant workloads.Participant
	kit         *kit.Kit
	clients     clients.Clients
	clock       clock.WithTicker
	genericiooptions.IOStreams
}

// NewOptions makes Options with the defaults.
func NewOptions(getter genericclioptions.RESTClientGetter, streams genericiooptions.IOStreams, clk clock.WithTicker) *Options {
	return &Options{
		flags:   defaults(),
		Printer: output.NewPrinter(),
		clients: clients.New(getter), clock: clk, IOStreams: streams,
	}
}

// Complete turns flags into what they mean, and reads the kit.
func (o *Options) Complete(cmd *cobra.Command, args []string) error {
	o.KitDir = args[0]
	if err := o.Printer.Complete(cmd); err != nil {
		return err
	}
	namespace, err := o.clients.Namespace()
	if err != nil {
		return o.clients.Explain(cmd.Context(), err)
	}
	if o.participant, err = o.flags.participant(namespace); err != nil {
		return err
	}
	verified, findings, err := source.GenuineKit(frameworks.Default(), o.KitDir, o.RootFingerprint, o.clock.Now())
	if err != nil {
		return err
	}
	for _, f := range findings.With(kit.StatusWarn) {
		o.warn("%s", f.Message)
	}
	if o.kit, err = verified.Kit(); err != nil {
		return err
	}
	o.kit, err = o.Delivery.Place(o.kit)
	return err
}

// Run launches.
func (o *Options) Run(ctx context.Context) error {
	set, err := nvflare.Objects(o.participant, o.kit)
	if err != nil {
		return err
	}
	if o.Printer.ClientDryRun() {
		o.notes(set)
		return o.Printer.Objects(o.Out, set.Objects)
	}
	if err := o.look(ctx); err != nil {
		return o.clients.Explain(ctx, err)
	}
	applier, err := apply.New(o.clients)
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	applier.ForceConflicts = o.ForceConflicts
	courier := delivery.Courier{
		Clients: o.clients, Applier: applier, Namespace: o.participant.Namespace, Kit: o.kit, Image: o.Delivery.Image,
		Progress: o.Printer.Progress(o.IOStreams), ErrOut: o.ErrOut,
	}
	results, err := courier.Apply(ctx, set.Objects, o.Printer.ServerDryRun())
	if printErr := o.Printer.Results(o.Out, results); printErr != nil && err == nil {
		err = printErr
	}
	if err != nil {
		return err
	}
	o.notes(set)
	o.keptClaim(results)
	if o.Printer.ServerDryRun() || !o.Wait {
		return nil
	}
	return o.wait(ctx)
}

// look says what is amiss around the participant before anything is written.
func (o *Options) look(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	name := o.participant.Namespace
	namespace, err := typed.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsForbidden(err):
	case err != nil:
		return err
	case namespace.Labels[names.LabelSitePolicy] == "":
		o.warn("namespace %q is not governed: nothing checks what runs next to the data", name)
	}
	host := workloads.ParseHost(o.kit.Server.Host)
	if o.kit.Role == kit.RoleServer || host.Kind != workloads.HostBare || o.ServerNamespace != "" {
		return nil
	}
	_, err = typed.CoreV1().Services(name).Get(ctx, host.Service, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("%q dials its server as %q, and namespace %q has no Service of that name: say where the server runs with --server-namespace NS, or launch the server in %q first",
			o.kit.Participant, host.Service, name, name)
	}
	return err
}

func (o *Options) wait(ctx context.Context) error {
	if o.kit.Role == kit.RoleAdmin {
		return nil
	}
	waiter, err := rollout.NewWaiter(o.clients, o.Printer.Progress(o.IOStreams), o.clock)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return waiter.Wait(ctx, rollout.Target{
		Namespace:   o.participant.Namespace,
		Name:        kit.ObjectName(o.kit.Participant),
		Participant: o.kit.Participant,
		Federation:  o.kit.Federation,
		Role:        o.kit.Role,
		Server:      fmt.Sprintf("%s://%s:%d", o.kit.Server.Scheme, o.kit.Server.Host, o.kit.Server.Port),
	})
}

func (o *Options) warn(format string, args ...any) {
	_, _ = fmt.Fprintf(o.ErrOut, "Warning: "+format+"\n", args...)
}

func (o *Options) notes(set *workloads.Set) {
	for _, note := range set.Notes {
		_, _ = fmt.Fprintln(o.ErrOut, "Note: "+note)
	}
}

// minTimeout keeps a wait from ending before the first look.
const minTimeout = time.Second
