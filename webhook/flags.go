package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	logf "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubectl-flare/kubectl-flare/webhook/certificates"
	"github.com/kubectl-flare/kubectl-flare/webhook/server"
	"github.com/kubectl-flare/kubectl-flare/webhook/status"
)

// flags are the command line.
type flags struct {
	kubeconfig, reviews, health, metrics string
	certDir, clientCA                    string
	clientNames                          []string
	namespace, service, secret, config   string
	kitImage                             string
	binders                              []string
	domain, dns                          string
	drain, finish                        time.Duration
	verbose                              bool
}

func (f *flags) parse(args []string, errOut io.Writer) error {
	fs := pflag.NewFlagSet("flare-webhook", pflag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "Kubeconfig to use instead of the pod's ServiceAccount")
	fs.StringVar(&f.reviews, "listen", ":9443", "Address for the API server")
	fs.StringVar(&f.health, "health-listen", ":8081", "Address for the kubelet's probes, without TLS")
	fs.StringVar(&f.metrics, "metrics-listen", ":8443", "Address for metrics, over TLS, for callers who may get /metrics; empty for none")
	fs.StringVar(&f.certDir, "cert-dir", "", "Folder with tls.crt and tls.key; without it the webhook is its own authority")
	fs.StringVar(&f.clientCA, "client-ca", "", "File with the authority of the API server's client certificate; without it, any client may send reviews")
	fs.StringSliceVar(&f.clientNames, "client-name", nil, "Common name that the client certificate may have; any if not given")
	fs.StringVar(&f.namespace, "namespace", os.Getenv("POD_NAMESPACE"), "Namespace that the webhook runs in")
	fs.StringVar(&f.service, "service", "flare-webhook", "Service that leads to the webhook, for its own authority")
	fs.StringVar(&f.secret, "secret", "flare-webhook-certificates", "Secret to keep its own authority in")
	fs.StringVar(&f.config, "webhook-configuration", "flare-webhook", "Webhook configurations that its own authority is written into")
	fs.StringVar(&f.kitImage, "kit-image", "", "Image of flare-kit, by digest")
	fs.StringSliceVar(&f.binders, "binder", nil, "User besides the scheduler who may bind pods")
	fs.StringVar(&f.domain, "cluster-domain", "", "Domain of the cluster's Services; the default is what the pod's resolv.conf says, or cluster.local")
	fs.StringVar(&f.dns, "cluster-dns", "", "Pods of the cluster's DNS, as NAMESPACE/LABEL=VALUE[,LABEL=VALUE][:PORT]; the default is kube-system/k8s-app=kube-dns:53")
	fs.DurationVar(&f.drain, "drain", 10*time.Second, "How long to go on serving after SIGTERM")
	fs.DurationVar(&f.finish, "finish", 15*time.Second, "How long requests that have begun may take after that")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "Log TLS handshakes that fail")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if len(f.clientNames) > 0 && f.clientCA == "" {
		return errors.New("--client-name needs --client-ca: without an authority, anyone can have any name")
	}
	if f.certDir == "" && f.namespace == "" {
		return errors.New("--namespace is missing: its own authority needs a place; or give --cert-dir")
	}
	return nil
}

// Main runs the webhook as a process. It logs JSON to errOut.
func Main(ctx context.Context, args []string, errOut io.Writer) error {
	f := &flags{}
	if err := f.parse(args, errOut); err != nil {
		return err
	}
	o, err := f.options(ctx, errOut)
	if err != nil {
		return err
	}
	return Run(ctx, o)
}

func (f *flags) options(ctx context.Context, errOut io.Writer) (Options, error) {
	level := slog.LevelInfo
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewJSONHandler(errOut, &slog.HandlerOptions{Level: level}))
	logf.SetLogger(logr.FromSlogHandler(log.Handler()))
	o := Options{
		CertDir: f.certDir, Drain: f.drain, Finish: f.finish, KitImage: f.kitImage, Binders: f.binders, Log: log,
		SelfSigned: certificates.SelfSignedOptions{
			Namespace: f.namespace, Secret: f.secret, Configuration: f.config, Every: time.Second,
			DNSNames: []string{f.service + "." + f.namespace + ".svc"},
		},
	}
	if f.namespace != "" {
		host, err := os.Hostname()
		if err != nil {
			return o, err
		}
		// A container that starts again in its pod has the same host name.
		o.Election = status.Election{Namespace: f.namespace, Lease: "flare-webhook", Identity: host + "_" + string(uuid.NewUUID()), LeaseDuration: 15 * time.Second}
	}
	if f.clientCA != "" {
		o.Clients = &server.Clients{CA: f.clientCA, Names: f.clientNames}
		if err := o.Clients.Check(); err != nil {
			return o, fmt.Errorf("--client-ca: %w", err)
		}
	}
	var err error
	if o.Cluster, err = f.cluster(resolvConf); err != nil {
		return o, err
	}
	if o.Config, err = f.restConfig(); err != nil {
		return o, err
	}
	return o, f.listen(ctx, &o)
}

func (f *flags) listen(ctx context.Context, o *Options) (err error) {
	var listen net.ListenConfig
	if o.Reviews, err = listen.Listen(ctx, "tcp", f.reviews); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if o.Health, err = listen.Listen(ctx, "tcp", f.health); err != nil {
		return fmt.Errorf("--health-listen: %w", err)
	}
	if f.metrics == "" {
		return nil
	}
	if o.Metrics, err = listen.Listen(ctx, "tcp", f.metrics); err != nil {
		return fmt.Errorf("--metrics-listen: %w", err)
	}
	return nil
}

func (f *flags) restConfig() (*rest.Config, error) {
	if f.kubeconfig == "" {
		return rest.InClusterConfig()
	}
	return clientcmd.BuildConfigFromFlags("", f.kubeconfig)
}
