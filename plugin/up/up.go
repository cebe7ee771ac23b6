// Package up is `kubectl flare up` and `down`: a whole federation in one namespace, from a
// number of clients to running participants and the result of a job, and away again.
package up

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Known is what the commands know of each framework.
type Known struct {
	Frameworks *frameworks.Registry
	Workloads  *workloads.Registry
	Catalog    *policies.Catalog
}

// Options are the arguments and flags of `kubectl flare up`.
type Options struct {
	flags
	// AppDir is the job's folder; without one, no job is run.
	AppDir string

	printer   *output.Printer
	view      *output.View
	reporter  *engine.Reporter
	known     Known
	framework frameworks.Registered
	objects   *workloads.Framework
	template  workloads.Participant
	factory   *clients.Factory
	clients   clients.Clients
	// changed says whether a flag is given.
	changed func(string) bool
	// root is the fingerprint of the root of all kits, if it is known.
	root string
	// seal are the files with which kits are sealed, if any.
	seal  federation.Seal
	clock clock.WithTicker
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare up`.
func NewCommand(f *clients.Factory, known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &Options{flags: flags{Pods: launch.NewPods(), Clients: 2, Wait: true}, printer: output.NewPrinter(), view: output.NewView(), known: known, factory: f, clients: f.Current(), clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "up [APP_DIR] (-f FILE | --project=FILE | --framework=NAME --image=IMAGE)",
		DisableFlagsInUseLine: true,
		Short:                 "Run a whole federation, in any number of clusters, and a job in it",
		Long: templates.LongDesc(`
			Run a whole federation, in any number of clusters, and a job in it.

			A file of the kind Federation says who takes part and where each participant runs; with --project, a
			framework's own file says who. The command checks the file, all kits and all namespaces, and reports
			all problems at once before the first change. Then it launches the server and all others at once, and
			waits until they have joined. A participant that fails keeps none of the others from starting; run the
			command again to go on. --plan shows what would be done.

			Without a file, the federation is one of --clients in one namespace. The command then makes the startup kits of a server, of the clients and of an admin, with a root of their
			own, runs a participant from each of them and waits until the clients have joined. Each client gets a
			partition of the data. With APP_DIR, it then submits the job in this folder and waits for its end.

			The kits and the root's private key are in the folder --out, which only you can read. Run the command
			again to change the federation: with another number of clients, the new ones are added, or those that
			are too many are deleted, with their keys but not their data. "kubectl flare down" deletes all of it.

			Use it to try an app with several clients. Where each site has a cluster of its own, hand out the kits
			of "kubectl flare provision" instead.`),
		Example: templates.Examples(examples(known.Frameworks.Provisioners())),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	o.add(cmd, known)
	o.printer.DryRun.AddClientFlag(cmd)
	o.view.AddFlags(cmd)
	return cmd
}

// Run brings the federation up. What cannot work is found before the first change, as far as
// it can be known then.
func (o *Options) Run(ctx context.Context) error {
	f, base, made, err := o.load()
	if err != nil {
		return err
	}
	if o.Plan || o.printer.DryRun.Client() {
		return o.preview(f, base, made)
	}
	return o.bring(ctx, f, base, made)
}

// load reads the federation and finds what is wrong with the file itself. made says whether
// kubectl flare makes its kits. Relative paths in it begin at base.
func (o *Options) load() (f *federation.Federation, base string, made bool, err error) {
	if f, base, err = o.federation(); err != nil {
		return nil, "", false, err
	}
	o.root, o.seal = f.Spec.RootFingerprint, f.Spec.Seal.From(base)
	report := f.Report()
	f.Validate(report)
	if made = provisions(f, report); made {
		if err := o.complete(f, o.provisioner(f, report), report); err != nil {
			return nil, "", false, err
		}
	}
	return f, base, made, report.Err()
}

// preview prints what would be done, without a change and without a cluster.
func (o *Options) preview(f *federation.Federation, base string, made bool) error {
	if made && !o.Plan {
		list, err := o.makeKits(f)
		if err != nil {
			return err
		}
		return output.NewView().Print(o.Out, list.Document())
	}
	if !o.Plan {
		all, err := o.checked(f, base, nil)
		if err != nil {
			return err
		}
		return o.show(all)
	}
	all, err := o.checked(f, base, o.rehearse)
	if err != nil {
		return err
	}
	plan, err := o.newPlan(all)
	if err != nil {
		return err
	}
	return o.view.Print(o.Out, plan.document())
}

// checked are the members, after all problems with them have been reported. more, if given,
// reports those of clusters.
func (o *Options) checked(f *federation.Federation, base string, more func([]member, *federation.Report)) ([]member, error) {
	report := f.Report()
	all, err := o.members(f, base, report)
	if err != nil {
		return nil, errors.Join(report.Err(), err)
	}
	o.check(f, all, report)
	if more != nil && report.Err() == nil {
		more(all, report)
	}
	return all, report.Err()
}

// show prints the objects of all participants. Some are made at a time, so that those of all
// are never in memory at once.
func (o *Options) show(all []member) error {
	here := slices.DeleteFunc(slices.Clone(all), func(m member) bool { return m.apart })
	reporter := engine.NewReporter(o.printer, o.IOStreams)
	for some := range slices.Chunk(here, 4*runtime.GOMAXPROCS(0)) {
		sets := make([]*workloads.Set, len(some))
		var group errgroup.Group
		for i, m := range some {
			group.Go(func() error {
				one, err := o.launcher(m, reporter.For(m.Name))
				if err == nil {
					sets[i], err = one.Objects()
				}
				if err != nil {
					return fmt.Errorf("%s: %w", m.Name, err)
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		for _, set := range sets {
			if err := o.printer.Objects(o.IOStreams, set.Objects()); err != nil {
				return err
			}
		}
	}
	return nil
}

// bring makes the kits that are missing, launches all participants, deletes those that are
// too many, and runs the job.
func (o *Options) bring(ctx context.Context, f *federation.Federation, base string, made bool) error {
	job, err := o.job(f)
	if err != nil {
		return err
	}
	if made {
		if _, err := o.makeKits(f); err != nil {
			return err
		}
		if err := o.partition(f); err != nil {
			return err
		}
	}
	all, err := o.checked(f, base, func(all []member, r *federation.Report) {
		o.rehearse(all, r)
		preflight(ctx, f, all, r)
	})
	if err != nil {
		return err
	}
	o.reporter = engine.NewReporter(o.printer, o.IOStreams)
	if err := o.execute(ctx, base, all); err != nil {
		return err
	}
	if o.Prune {
		if err := o.deleteOthers(ctx, f, all); err != nil {
			return err
		}
	}
	if job == nil {
		return nil
	}
	return job(ctx, all)
}

// execute brings all participants up. On a terminal, a table shows how far each of them is.
func (o *Options) execute(ctx context.Context, base string, all []member) error {
	o.openings(ctx, all)
	live := newBoard(o.Out, all, o.clock)
	if live != nil {
		o.reporter = o.reporter.On(live)
		defer live.close()
	}
	if err := o.sealAll(all); err != nil {
		return err
	}
	if err := o.governAll(ctx, base, all); err != nil {
		return err
	}
	err := o.launchAll(ctx, all)
	o.watchExternal(ctx, all)
	return err
}
