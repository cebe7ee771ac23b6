package site

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// BreakGlassOptions are the arguments and flags of `kubectl flare site break-glass`.
type BreakGlassOptions struct {
	Reason     string
	For        time.Duration
	End        bool
	PolicyName string
	Printer    *output.Printer

	namespace string
	now       func() time.Time
	clients   clients.Clients
	genericiooptions.IOStreams
}

// breakGlassManager owns the annotations, so that applying the policy does not end what is
// open.
const breakGlassManager = names.ManagedBy + "-break-glass"

func newBreakGlassCommand(c clients.Clients, streams genericiooptions.IOStreams) *cobra.Command {
	o := &BreakGlassOptions{For: time.Hour, Printer: output.NewPrinter(), now: time.Now, clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "break-glass NAMESPACE (--reason=TEXT [--for=DURATION] | --end)",
		DisableFlagsInUseLine: true,
		Short:                 "Open the pods of participants in an emergency",
		Long: templates.LongDesc(`
			Open the pods of participants to exec, attach, port-forward, proxy and ephemeral containers, in an
			emergency and for a limited time.

			While break-glass is open, it allows users with the verb breakglass on the namespace's SitePolicy what
			the policy denies to others, in every namespace of the policy. Each access is in the audit log, in the
			webhook's log and metrics, and in an Event of the namespace, and the user is warned. To open it, a user
			needs the verbs breakglass and patch on the SitePolicy, as the ClusterRole flare-break-glass allows.`),
		Example: templates.Examples(`
			# Open the pods of fl-site-1 for an hour
			kubectl flare site break-glass fl-site-1 --reason="the client hangs, ticket 4711"

			# Open them for ten minutes
			kubectl flare site break-glass fl-site-1 --reason="the client hangs, ticket 4711" --for=10m

			# End it before its time
			kubectl flare site break-glass fl-site-1 --end`),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeGoverned(c),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.Reason, "reason", "", "Why it is needed; everyone who is warned reads it")
	fs.DurationVar(&o.For, "for", o.For, "How long it is open, at most "+policies.MaxBreakGlass.String())
	fs.BoolVar(&o.End, "end", false, "End it now")
	fs.StringVar(&o.PolicyName, "policy-name", "", "Name of the SitePolicy; by default, that in the label of the namespace")
	o.Printer.AddFlags(cmd)
	return cmd
}

// maxCompletions bounds what one completion requests from a server.
const maxCompletions = 100

// completeGoverned completes the names of governed namespaces.
func completeGoverned(c clients.Clients) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		typed, err := c.Typed()
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, err := typed.CoreV1().Namespaces().List(cmd.Context(), metav1.ListOptions{LabelSelector: names.LabelSitePolicy, Limit: maxCompletions})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var found []string
		for _, ns := range list.Items {
			if strings.HasPrefix(ns.Name, start) {
				found = append(found, ns.Name+"\t"+ns.Labels[names.LabelSitePolicy])
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// Complete reads the flags and reports all problems with them.
func (o *BreakGlassOptions) Complete(cmd *cobra.Command, args []string) error {
	o.namespace = args[0]
	errs := []error{o.Printer.Complete(cmd)}
	switch {
	case o.End && (o.Reason != "" || cmd.Flags().Changed("for")):
		errs = append(errs, errors.New("--end cannot be combined with --reason and --for: leave them out"))
	case o.End:
	case o.For <= 0 || o.For > policies.MaxBreakGlass:
		errs = append(errs, fmt.Errorf("--for %s is not possible: give a duration of at most %s", o.For, policies.MaxBreakGlass))
	}
	if !o.End {
		if err := policies.CheckBreakGlassReason(o.Reason); err != nil {
			errs = append(errs, fmt.Errorf("--reason: %w: say why it is needed", err))
		}
	}
	return errors.Join(errs...)
}

// Run annotates the policy.
func (o *BreakGlassOptions) Run(ctx context.Context) error {
	until := o.now().Add(o.For).UTC().Truncate(time.Second).Format(time.RFC3339)
	annotations := map[string]*string{names.AnnotationBreakGlassUntil: &until, names.AnnotationBreakGlassReason: &o.Reason}
	if o.End {
		annotations = map[string]*string{names.AnnotationBreakGlassUntil: nil, names.AnnotationBreakGlassReason: nil}
	}
	if o.Printer.DryRun.Client() {
		return errors.New("--dry-run=client is not possible, because the SitePolicy is in the cluster: use --dry-run=server")
	}
	policy, err := o.policy(ctx)
	if err != nil {
		return err
	}
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{Reporter: reporter}
	changes, err := e.Carry(ctx, engine.Plan{
		Subject: "break-glass of SitePolicy " + policy, Target: engine.Target{Clients: o.clients},
		Steps: []engine.Step{&engine.Annotate{
			Ref:         engine.Ref{GroupKind: schema.GroupKind{Group: v1alpha1.Group, Kind: v1alpha1.Kind}, Name: policy},
			Annotations: annotations, FieldManager: breakGlassManager,
		}},
	}, o.Printer.DryRun.Server())
	if err == nil && !o.End && !o.Printer.DryRun.Server() {
		reporter.Note("break-glass is open until %s in all namespaces of SitePolicy %q; end it with `kubectl flare site break-glass %s --end`", until, policy, o.namespace)
	}
	return errors.Join(err, reporter.Print(changes))
}

// policy is the name of the namespace's SitePolicy.
func (o *BreakGlassOptions) policy(ctx context.Context) (string, error) {
	if o.PolicyName != "" {
		return o.PolicyName, nil
	}
	typed, err := o.clients.Typed()
	if err != nil {
		return "", err
	}
	ns, err := typed.CoreV1().Namespaces().Get(ctx, o.namespace, metav1.GetOptions{})
	if err != nil {
		return "", o.clients.Explain(ctx, err)
	}
	if name := ns.Labels[names.LabelSitePolicy]; name != "" {
		return name, nil
	}
	return "", fmt.Errorf("namespace %q has no SitePolicy: nothing there is closed by a policy", o.namespace)
}
