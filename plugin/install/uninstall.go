package install

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// UninstallOptions are the arguments and flags of `kubectl flare uninstall`.
type UninstallOptions struct {
	DeletePolicies bool
	Printer        *output.Printer

	clients clients.Clients
	genericiooptions.IOStreams
}

// NewUninstallCommand makes `kubectl flare uninstall`.
func NewUninstallCommand(c clients.Clients, streams genericiooptions.IOStreams) *cobra.Command {
	o := &UninstallOptions{Printer: output.NewPrinter(), clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "uninstall",
		DisableFlagsInUseLine: true,
		Short:                 "Remove the admission webhook",
		Long: templates.LongDesc(`
			Remove the admission webhook, its permissions and the admission policies.

			After that, nothing checks what runs in the governed namespaces; the command lists them.
			SitePolicies and the namespaces' labels stay unless --delete-policies is given, so that a new
			installation finds them.`),
		Example: templates.Examples(`
			# See what would be deleted
			kubectl flare uninstall --dry-run=server

			# Delete every SitePolicy too
			kubectl flare uninstall --delete-policies`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := o.Printer.Complete(cmd); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.DeletePolicies, "delete-policies", false, "Delete the CRD too, and with it every SitePolicy")
	o.Printer.AddFlags(cmd)
	return cmd
}

// Run uninstalls. It deletes all that it can, also when an object cannot be deleted.
func (o *UninstallOptions) Run(ctx context.Context) error {
	objects, err := o.objects()
	if err != nil {
		return err
	}
	if o.Printer.DryRun.Client() {
		return o.Printer.Removals(o.IOStreams, asObjects(objects))
	}
	remove, err := o.removal(objects)
	if err != nil {
		return err
	}
	o.warnGoverned(ctx)
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{Reporter: reporter}
	changes, err := e.Carry(ctx, engine.Plan{
		Subject: "the webhook", Target: engine.Target{Clients: o.clients}, Steps: []engine.Step{remove},
	}, o.Printer.DryRun.Server())
	return errors.Join(err, reporter.Print(changes))
}

// objects are those of both kinds of certificates: nothing records which one was installed.
func (o *UninstallOptions) objects() ([]*unstructured.Unstructured, error) {
	first, err := manifests.Prerequisites()
	if err != nil {
		return nil, err
	}
	all := first[:1]
	if o.DeletePolicies {
		all = first
	}
	seen := map[string]bool{}
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		objects, err := manifests.Objects(nil, manifests.Options{Image: "none", Certs: certs})
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if id := object.GetKind() + "/" + object.GetName(); !seen[id] {
				seen[id] = true
				all = append(all, object)
			}
		}
	}
	return registrationsFirst(manifests.Reverse(all)), nil
}

// registrationsFirst keeps the API server from calling a webhook that is being deleted.
func registrationsFirst(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var first, rest []*unstructured.Unstructured
	for _, object := range objects {
		switch object.GetKind() {
		case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
			first = append(first, object)
		default:
			rest = append(rest, object)
		}
	}
	return append(first, rest...)
}

// removal deletes the objects one after the other. It leaves out those of kinds that the
// cluster does not have, such as cert-manager's.
func (o *UninstallOptions) removal(objects []*unstructured.Unstructured) (*engine.Remove, error) {
	mapper, err := o.clients.ToRESTMapper()
	if err != nil {
		return nil, err
	}
	remove := &engine.Remove{BestEffort: true}
	for _, object := range objects {
		gvk := object.GroupVersionKind()
		_, err := mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
		if meta.IsNoMatchError(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		remove.Stages = append(remove.Stages, []engine.Ref{{
			GroupKind: gvk.GroupKind(), Namespace: object.GetNamespace(), Name: object.GetName(),
		}})
	}
	return remove, nil
}

// warnGoverned lists the namespaces that lose their protection.
func (o *UninstallOptions) warnGoverned(ctx context.Context) {
	typed, err := o.clients.Typed()
	if err != nil {
		return
	}
	list, err := typed.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: names.LabelSitePolicy})
	if err != nil {
		return
	}
	for i := range list.Items {
		_, _ = fmt.Fprintf(o.ErrOut, "Warning: namespace %q is governed, but nothing will check what runs there any more\n", list.Items[i].Name)
	}
}
