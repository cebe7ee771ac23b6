package up

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The exit codes of `kubectl flare diff`, as of `kubectl diff`; 0 means no difference.
const (
	exitDifferent = 1
	exitError     = 2
)

// NewDiffCommand makes `kubectl flare diff`.
func NewDiffCommand(f *clients.Factory, known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &Options{flags: flags{Pods: launch.NewPods(), Wait: true}, printer: output.NewPrinter(), view: output.NewView(), known: known, factory: f, clients: f.Current(), clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "diff (-f FILE | --project=FILE)",
		DisableFlagsInUseLine: true,
		Short:                 "Show what up would change in the clusters",
		Long: templates.LongDesc(`
			Show what "kubectl flare up" would change in the clusters, and change nothing.

			Each cluster is asked by a server-side dry run, so what its admission would add or deny is shown too.
			Secrets are neither read nor printed. As with "kubectl diff", KUBECTL_EXTERNAL_DIFF names a program
			other than diff -u -N that compares.

			Exit codes: 0, there is no difference; 1, there are differences; more than 1, an error.`),
		Example: templates.Examples(`
			# What would change in all clusters of a federation?
			kubectl flare diff -f federation.yaml

			# And if another image were used?
			kubectl flare diff -f federation.yaml --image=registry.example.org/fl:2.0.1`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			different, err := o.diff(cmd)
			switch {
			case err != nil:
				return &output.ExitError{Code: exitError, Err: o.clients.Explain(cmd.Context(), err)}
			case different:
				return &output.ExitError{Code: exitDifferent}
			}
			return nil
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &output.ExitError{Code: exitError, Err: err} })
	o.addFile(cmd, known)
	return cmd
}

// diff completes the command and runs it.
func (o *Options) diff(cmd *cobra.Command) (different bool, err error) {
	if !o.files() {
		return false, errors.New("no file is given: give -f FILE or --project=FILE")
	}
	o.changed = func(name string) bool { f := cmd.Flag(name); return f != nil && f.Changed }
	o.ImageElsewhere = true
	namespace, err := o.clients.Namespace()
	if err != nil {
		return false, err
	}
	if o.template, err = o.Participant(namespace, o.known.Workloads); err != nil {
		return false, err
	}
	f, base, _, err := o.load()
	if err != nil {
		return false, err
	}
	ctx := cmd.Context()
	all, err := o.checked(f, base, func(all []member, r *federation.Report) { preflight(ctx, f, all, r) })
	if err != nil {
		return false, err
	}
	differ, err := output.NewDiffer()
	if err != nil {
		return false, err
	}
	defer differ.Close()
	return o.compare(ctx, f, all, differ)
}

// compare prints the differences of all participants that can be looked at. An error of one
// hides no difference of the others.
func (o *Options) compare(ctx context.Context, f *federation.Federation, all []member, differ *output.Differ) (bool, error) {
	launched, coming := o.comparable(all)
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: &engine.Reporter{}} // up has the notes and warnings
	err := named(ctx, launched, e.RehearseAll(ctx, o.tasks(launched), 0, func(i int, changes engine.ChangeSet) error {
		return addAll(differ, launched[i].Context, changes)
	}))
	if o.Prune {
		err = errors.Join(err, o.compareOthers(ctx, f, all, differ))
	}
	different, failed := differ.Run(ctx, o.IOStreams)
	return different || coming, errors.Join(err, failed)
}

// comparable are the participants that up would launch and that have a kit. Those without
// one would be new: coming says that there are some.
func (o *Options) comparable(all []member) (found []member, coming bool) {
	server := slices.IndexFunc(all, func(m member) bool { return !m.apart && m.Role == kit.RoleServer })
	for _, m := range all {
		switch {
		case m.apart:
			continue
		case m.kit == nil:
			coming = true
			_, _ = fmt.Fprintf(o.ErrOut, "Note: %s has no kit yet: up would make it, and all objects of %s\n", m.Name, m.Name)
			continue
		}
		m.serverComes = server >= 0 && m.site() == all[server].site()
		found = append(found, m)
	}
	return found, coming
}

func addAll(differ *output.Differ, cluster string, changes engine.ChangeSet) error {
	for _, c := range changes {
		live, merged := c.Before, c.Object
		switch c.Action {
		case engine.Unchanged, engine.Left:
			continue
		case engine.Deleted, engine.Pruned:
			if merged = nil; live == nil {
				live = c.Object // only its name is known
			}
		case engine.Created, engine.Configured, engine.Skipped, engine.Restored:
		}
		if err := differ.Add(cluster, live, merged); err != nil {
			return err
		}
	}
	return nil
}

// compareOthers shows what up would delete of participants that the file does not list.
func (o *Options) compareOthers(ctx context.Context, f *federation.Federation, all []member, differ *output.Differ) error {
	var errs []error
	for at, there := range sites(all) {
		c := there[0].clients
		others, err := othersAt(ctx, f, at, c)
		if err == nil && len(others) > 0 {
			var changes engine.ChangeSet
			changes, err = delete.New(c, o.known.Workloads, o.printer, o.IOStreams).Rehearse(ctx, at.namespace, others)
			err = errors.Join(err, addAll(differ, at.context, changes))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, c.Explain(ctx, err)))
		}
	}
	return errors.Join(errs...)
}
