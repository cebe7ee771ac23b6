// Package plugin is `kubectl flare`: the root of its command tree. Each noun or verb has a
// package below it.
package plugin

import (
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/install"
	"github.com/kubectl-flare/kubectl-flare/plugin/job"
	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/logs"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/plugin/site"
	"github.com/kubectl-flare/kubectl-flare/plugin/status"
	"github.com/kubectl-flare/kubectl-flare/plugin/up"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Options are what the commands depend on. Tests replace them.
type Options struct {
	ConfigFlags *genericclioptions.ConfigFlags
	IOStreams   genericiooptions.IOStreams
	Clock       clock.WithTicker
	// Frameworks, Catalog and Workloads are what the commands know of each
	// framework: how its kits are read, which rules its pods must follow, and which
	// objects a participant consists of.
	Frameworks *frameworks.Registry
	Catalog    *policies.Catalog
	Workloads  *workloads.Registry
}

// DefaultOptions are the options of the program. Warnings from the API server and the flare
// webhook go to standard error.
//
// It panics if a framework of this version has no valid profile, which a test excludes.
func DefaultOptions(streams genericiooptions.IOStreams) Options {
	catalog, err := policies.DefaultCatalog()
	if err != nil {
		panic(err)
	}
	return Options{
		ConfigFlags: genericclioptions.NewConfigFlags(true).WithDiscoveryQPS(50).WithWarningPrinter(streams),
		IOStreams:   streams,
		Clock:       clock.RealClock{},
		Frameworks:  frameworks.Default(),
		Catalog:     catalog,
		Workloads:   builtin.Default(),
	}
}

// The groups of the help text.
const (
	groupKits    = "kits"
	groupGovern  = "governance"
	groupRunning = "running"
	groupJobs    = "jobs"
	groupOther   = "other"
)

// NewCommand makes the command tree.
func NewCommand(o Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "kubectl-flare",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl flare"},
		Short:       "Federated learning with " + o.Workloads.Titles() + " on Kubernetes",
		Long: templates.LongDesc(`
			Run a federated-learning federation on any Kubernetes cluster, from startup kits to running jobs.`),
		// main prints errors, once and in kubectl's format.
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddGroup(
		&cobra.Group{ID: groupKits, Title: "Startup Kits:"},
		&cobra.Group{ID: groupGovern, Title: "Governance:"},
		&cobra.Group{ID: groupRunning, Title: "Participants:"},
		&cobra.Group{ID: groupJobs, Title: "Jobs:"},
		&cobra.Group{ID: groupOther, Title: "Other Commands:"},
	)
	cmd.SetHelpCommandGroupID(groupOther)
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.SetIn(o.IOStreams.In)
	cmd.SetOut(o.IOStreams.Out)
	cmd.SetErr(o.IOStreams.ErrOut)
	o.ConfigFlags.AddFlags(cmd.PersistentFlags())
	info, _ := debug.ReadBuildInfo()
	f := clients.NewFactory(o.ConfigFlags, versionOf(version, info))
	completeFlags(cmd, f.Current())
	addCommands(cmd, o, f)
	clients.ExplainErrors(cmd, f.Current())
	return cmd
}

func addCommands(root *cobra.Command, o Options, f *clients.Factory) {
	c := f.Current()
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(groupKits, up.NewFederationCommand(up.Known{Frameworks: o.Frameworks, Workloads: o.Workloads, Catalog: o.Catalog}, o.IOStreams, o.Clock), provision.NewCommand(o.Frameworks, o.IOStreams, o.Clock), kitcmd.NewCommand(c, kitcmd.Known{Frameworks: o.Frameworks, Workloads: o.Workloads}, o.IOStreams, o.Clock))
	add(groupGovern,
		policy.NewCommand(c, policy.Known{Frameworks: o.Frameworks, Catalog: o.Catalog, Workloads: o.Workloads}, o.IOStreams, o.Clock),
		install.NewCommand(c, o.Catalog.Profiles(), o.IOStreams),
		install.NewUninstallCommand(c, o.IOStreams),
		site.NewCommand(c, site.Known{Catalog: o.Catalog, Workloads: o.Workloads}, o.IOStreams),
	)
	add(groupRunning,
		up.NewCommand(f, up.Known{Frameworks: o.Frameworks, Workloads: o.Workloads, Catalog: o.Catalog}, o.IOStreams, o.Clock),
		up.NewDiffCommand(f, up.Known{Frameworks: o.Frameworks, Workloads: o.Workloads, Catalog: o.Catalog}, o.IOStreams, o.Clock),
		up.NewDownCommand(f, up.Known{Frameworks: o.Frameworks, Workloads: o.Workloads, Catalog: o.Catalog}, o.IOStreams, o.Clock),
		launch.NewCommand(c, launch.Registries{Kits: o.Frameworks, Workloads: o.Workloads}, o.IOStreams, o.Clock),
		status.NewCommand(c, o.IOStreams, o.Clock, o.Workloads),
		logs.NewCommand(c, o.IOStreams),
		delete.NewCommand(c, o.Workloads, o.IOStreams),
	)
	add(groupJobs, job.NewCommand(c, o.IOStreams, o.Clock, o.Workloads))
	add(groupOther, newVersionCommand(o.IOStreams), newCompletionCommand(o.IOStreams))
}

// completer is the name under which kubectl calls a plugin for completions.
const completer = "kubectl_complete-flare"

// Args are the arguments of the command tree for the arguments of the process: if the
// process has kubectl's name for completers, it completes.
func Args(argv []string) []string {
	if len(argv) == 0 {
		return nil
	}
	name := filepath.Base(argv[0])
	if name == completer || name == completer+".exe" {
		return slices.Concat([]string{cobra.ShellCompRequestCmd}, argv[1:])
	}
	return argv[1:]
}
