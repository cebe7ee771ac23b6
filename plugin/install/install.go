// Package install has the commands that install the webhook, test that it works, and
// uninstall it.
package install

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Options are the flags of `kubectl flare install`.
type Options struct {
	Image, KitImage string
	Certs           string
	// ClientCA is a file; ClientNames are common names.
	ClientCA       string
	ClientNames    []string
	APIServerPorts []int64
	RunAsUser      string
	// ClusterDNS and ClusterDomain are flags of the webhook.
	ClusterDNS, ClusterDomain string
	Monitoring                bool
	Wait                      bool
	Timeout                   time.Duration
	ForceConflicts            bool
	Printer                   *output.Printer

	clientCA string
	profiles *profiles.Registry
	clients  clients.Clients
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare install`.
func NewCommand(c clients.Clients, known *profiles.Registry, streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{
		Wait: true, Timeout: 3 * time.Minute, Printer: output.NewPrinter(),
		profiles: known, clients: c, IOStreams: streams,
	}
	cmd := &cobra.Command{
		Use:                   "install --image=IMAGE --certs=cert-manager|self-signed",
		DisableFlagsInUseLine: true,
		Short:                 "Install the admission webhook",
		Long: templates.LongDesc(`
			Install the admission webhook: the SitePolicy CRD, the webhook with its permissions, the admission
			policies that work without it, and the ClusterRoles for people.

			Namespaces are not affected until "kubectl flare site add" puts them under a policy. The command
			waits until the webhook has denied a test pod, in a namespace created for the test. Installing
			again updates the installation, or changes nothing.`),
		Example: templates.Examples(`
			# Install, with certificates from cert-manager
			kubectl flare install --image=registry.example.org/flare-webhook@sha256:… --certs=cert-manager

			# Install without cert-manager: the webhook issues its own certificate
			kubectl flare install --image=registry.example.org/flare-webhook@sha256:… --certs=self-signed

			# Accept reviews only from the API server, which must be configured to send its certificate
			kubectl flare install --image=registry.example.org/flare-webhook@sha256:… --certs=cert-manager --client-ca=webhook-clients.crt --client-name=kube-apiserver

			# Print the manifests, to keep them in Git
			kubectl flare install --image=registry.example.org/flare-webhook@sha256:… --certs=cert-manager --dry-run=client -o yaml`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.Image, "image", "", "Image of the webhook, preferably by digest")
	fs.StringVar(&o.KitImage, "kit-image", "", "Image of flare-kit by digest, for kits on volumes")
	fs.StringVar(&o.Certs, "certs", "", "Source of the serving certificate: cert-manager or self-signed")
	fs.StringVar(&o.ClientCA, "client-ca", "", "File with the authority of the client certificate that the API server sends to webhooks; then no other client may send reviews")
	fs.Int64SliceVar(&o.APIServerPorts, "api-server-port", nil, "Port at which the webhook reaches the API server, besides 443 and 6443; may be given more than once. 'install' finds it in the cluster")
	fs.StringVar(&o.ClusterDNS, "cluster-dns", "", "Pods of the cluster's DNS, as NAMESPACE/LABEL=VALUE[,LABEL=VALUE][:PORT]; 'install' finds them in the cluster")
	fs.StringVar(&o.ClusterDomain, "cluster-domain", "", "Domain of the cluster's Services; the default is what resolv.conf in the webhook's pods says")
	fs.StringVar(&o.RunAsUser, "run-as-user", "", "platform: leave the user and groups of the webhook to a platform that assigns them; on OpenShift, 'install' finds that out")
	fs.StringArrayVar(&o.ClientNames, "client-name", nil, "Common name that this client certificate may have; needed if the authority issues other certificates too; may be given more than once")
	fs.BoolVar(&o.Monitoring, "monitoring", false, "Write a ServiceMonitor, alerts and a Grafana dashboard too; needs the Prometheus operator")
	fs.BoolVar(&o.Wait, "wait", o.Wait, "Wait until the webhook has denied the pod of a self-test")
	fs.DurationVar(&o.Timeout, "timeout", o.Timeout, "Longest time to wait")
	fs.BoolVar(&o.ForceConflicts, "force-conflicts", false, "Take over fields that other field managers have set")
	o.Printer.AddFlags(cmd)
	return cmd
}

// Complete reads the flags and reports all problems with them.
func (o *Options) Complete(cmd *cobra.Command) error {
	errs := []error{o.Printer.Complete(cmd), o.checkPorts(), o.checkUser()}
	if o.Image == "" {
		errs = append(errs, errors.New("--image is missing: give the webhook's image, such as --image registry.example.org/flare-webhook@sha256:…"))
	}
	if o.KitImage != "" && !strings.Contains(o.KitImage, "@sha256:") {
		errs = append(errs, fmt.Errorf("--kit-image %q has no digest, and a tag can change: the webhook compares the image of pods with it; append @sha256:…", o.KitImage))
	}
	if certs := manifests.Certs(o.Certs); certs != manifests.CertManager && certs != manifests.SelfSigned {
		errs = append(errs, fmt.Errorf("--certs is %q: give %s, or %s where cert-manager is not installed", o.Certs, manifests.CertManager, manifests.SelfSigned))
	}
	if len(o.ClientNames) > 0 && o.ClientCA == "" {
		errs = append(errs, errors.New("--client-name needs --client-ca: give the authority that issued the certificate with this name"))
	}
	if o.ClientCA != "" {
		var err error
		if o.clientCA, err = readAuthority(o.ClientCA); err != nil {
			errs = append(errs, fmt.Errorf("--client-ca: %w", err))
		}
	}
	return errors.Join(errs...)
}

// readAuthority reads a file with certificates.
func readAuthority(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", source.CannotRead(file, err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return "", fmt.Errorf("%s has no certificates in PEM", file)
	}
	return string(data), nil
}

// Run installs.
func (o *Options) Run(ctx context.Context) error {
	first, err := manifests.Prerequisites()
	if err != nil {
		return err
	}
	ports, err := o.apiServerPorts(ctx)
	if err != nil {
		return err
	}
	platform, err := o.platformUser()
	if err != nil {
		return err
	}
	dns, err := o.clusterDNS(ctx)
	if err != nil {
		return err
	}
	rest, err := manifests.Objects(o.profiles.Prefixes(), manifests.Options{
		Image: o.Image, KitImage: o.KitImage, Certs: manifests.Certs(o.Certs),
		ClientCA: o.clientCA, ClientNames: o.ClientNames, APIServerPorts: ports, Monitoring: o.Monitoring, PlatformUser: platform,
		ClusterDNS: dns, ClusterDomain: o.ClusterDomain,
	})
	if err != nil {
		return err
	}
	if o.Printer.DryRun.Client() {
		return o.Printer.Objects(o.IOStreams, asObjects(append(first, rest...)))
	}
	if err := o.checkKinds(); err != nil {
		return err
	}
	if !o.Printer.DryRun.Server() {
		if err := o.dropStale(ctx, rest); err != nil {
			return err
		}
	}
	if err := o.apply(ctx, asObjects(first), asObjects(rest)); err != nil {
		return err
	}
	if o.Printer.DryRun.Server() || !o.Wait {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return o.prove(ctx)
}

// apply writes the namespace and the CRD before the objects that need them: without them,
// not even a dry run of the others is possible.
func (o *Options) apply(ctx context.Context, first, rest []workloads.Object) error {
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: reporter}
	dryRun := o.Printer.DryRun.Server()
	changes, err := e.Carry(ctx, o.plan(first), dryRun)
	if err == nil && dryRun && changes[0].Action == engine.Created {
		reporter.Note("objects of namespace %q are left out of this dry run, because the namespace does not exist yet", manifests.Namespace)
		rest = clusterScoped(rest)
	}
	if err == nil {
		var more engine.ChangeSet
		more, err = e.Carry(ctx, o.plan(rest), dryRun)
		changes = append(changes, more...)
	}
	printErr := reporter.Print(changes)
	return errors.Join(err, printErr)
}

// plan writes the objects in order; the registrations of the webhook come last.
func (o *Options) plan(objects []workloads.Object) engine.Plan {
	apply := &engine.Apply{}
	for _, object := range objects {
		apply.Stages = append(apply.Stages, []workloads.Object{object})
	}
	return engine.Plan{Subject: "the webhook", Target: engine.Target{Clients: o.clients}, Steps: []engine.Step{apply}}
}

func clusterScoped(objects []workloads.Object) []workloads.Object {
	var out []workloads.Object
	for _, object := range objects {
		if object.GetNamespace() == "" {
			out = append(out, object)
		}
	}
	return out
}

func asObjects[T workloads.Object](objects []T) []workloads.Object {
	out := make([]workloads.Object, 0, len(objects))
	for _, object := range objects {
		out = append(out, object)
	}
	return out
}
