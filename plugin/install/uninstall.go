package install

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// UninstallOptions are what `kubectl flare uninstall` is told.
type UninstallOptions struct {
	DeletePolicies bool

	dryRun  output.DryRun
	clients clients.Clients
	genericiooptions.IOStreams
}

// NewUninstallCommand makes `kubectl flare uninstall`.
func NewUninstallCommand(c clients.Clients, streams genericiooptions.IOStreams) *cobra.Command {
	o := &UninstallOptions{clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "uninstall",
		DisableFlagsInUseLine: true,
		Short:                 "Take the admission webhook away",
		Long: templates.LongDesc(`
			Take the admission webhook away, with its rights and the admission policies.

			From then on nothing checks what runs in the governed namespaces: the command names them.
			SitePolicies and labels stay, unless --delete-policies is given, so that a new installation
			finds them.`),
		Example: templates.Examples(`
			# See what would be deleted
			kubectl flare uninstall --dry-run=server

			# Delete every SitePolicy too
			kubectl flare uninstall --delete-policies`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := o.dryRun.Complete(cmd); err != nil {
				return err
			}
			return o.clients.Explain(cmd.Context(), o.Run(cmd.Context()))
		},
	}
	cmd.Flags().BoolVar(&o.DeletePolicies, "delete-policies", false, "Delete the CRD too, and with it every SitePolicy")
	o.dryRun.AddFlag(cmd)
	return cmd
}

// Run uninstalls. What cannot be deleted does not keep the rest from going.
func (o *UninstallOptions) Run(ctx context.Context) error {
	objects, err := o.objects()
	if err != nil {
		return err
	}
	o.sayGoverned(ctx)
	var errs []error
	for _, object := range objects {
		if err := o.remove(ctx, object); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err))
		}
	}
	return errors.Join(errs...)
}

// objects are those of both kinds of certificates: nobody remembers which it was.
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

// registrationsFirst keeps the API server from asking a webhook that is on its
// way out.
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

func (o *UninstallOptions) remove(ctx context.Context, object *unstructured.Unstructured) error {
	mapper, err := o.clients.ToRESTMapper()
	if err != nil {
		return err
	}
	gvk := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if meta.IsNoMatchError(err) {
		return nil
	}
	if err != nil {
		return err
	}
	client, err := o.clients.Dynamic()
	if err != nil {
		return err
	}
	if !o.dryRun.Client() {
		options := metav1.DeleteOptions{DryRun: o.dryRun.Option()}
		err = client.Resource(mapping.Resource).Namespace(object.GetNamespace()).Delete(ctx, object.GetName(), options)
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(o.Out, "%s %q deleted%s\n", mapping.Resource.GroupResource(), object.GetName(), o.dryRun.Suffix())
	return err
}

// sayGoverned names what nobody protects any more.
func (o *UninstallOptions) sayGoverned(ctx context.Context) {
	typed, err := o.clients.Typed()
	if err != nil {
		return
	}
	list, err := typed.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: names.LabelSitePolicy})
	if err != nil {
		return
	}
	for i := range list.Items {
		_, _ = fmt.Fprintf(o.ErrOut, "Warning: namespace %q is governed, and nothing will check what runs there\n", list.Items[i].Name)
	}
}
