// Package webhook is the admission server: what a cluster enforces. It keeps no
// state of its own, so that any number of replicas may run.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/webhook/access"
	"github.com/kubectl-flare/kubectl-flare/webhook/certificates"
	"github.com/kubectl-flare/kubectl-flare/webhook/events"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
	"github.com/kubectl-flare/kubectl-flare/webhook/lookups"
	"github.com/kubectl-flare/kubectl-flare/webhook/metrics"
	"github.com/kubectl-flare/kubectl-flare/webhook/policycache"
	"github.com/kubectl-flare/kubectl-flare/webhook/server"
	"github.com/kubectl-flare/kubectl-flare/webhook/status"
)

// How often the status of SitePolicies is compared, and how often the kits of all pods are
// looked at for it.
const (
	statusEvery = 2 * time.Second
	kitsEvery   = 10 * time.Minute
)

// Options configure the webhook.
type Options struct {
	// Config leads to the API server.
	Config *rest.Config
	// Reviews, Health and Metrics are where it listens. Without Metrics, there are none.
	Reviews, Health, Metrics net.Listener
	// Clients are the clients that may send reviews; nil means any.
	Clients *server.Clients
	// CertDir holds tls.crt and tls.key. Without it the webhook is its own
	// authority, as SelfSigned says.
	CertDir    string
	SelfSigned certificates.SelfSignedOptions
	// Drain is how long it goes on serving after it was asked to end, Finish how
	// long what has begun may take then.
	Drain, Finish time.Duration
	// KitImage is flare-kit's image by digest; Binders are users besides the
	// scheduler who may bind pods.
	KitImage string
	Binders  []string
	// Cluster is the one that the webhook runs in.
	Cluster compiled.Cluster
	// Election is that of the replica which writes the status of SitePolicies. Without a
	// namespace, this one does not.
	Election status.Election
	Log      *slog.Logger
}

// Run serves until the context ends.
func Run(ctx context.Context, o Options) error {
	api, err := connect(o.Config)
	if err != nil {
		return err
	}
	catalog, err := policies.DefaultCatalog()
	if err != nil {
		return err
	}
	catalog = catalog.In(o.Cluster)
	log := logr.FromSlogHandler(o.Log.Handler())
	m := metrics.New(log)
	complain := func(err error) { log.Info("certificate", "error", err.Error()) }
	var source certificates.Source
	if o.CertDir != "" {
		source = certificates.NewFiles(o.CertDir, clock.RealClock{}, complain)
	} else {
		source = certificates.NewSelfSigned(api.client, o.SelfSigned, clock.RealClock{}, complain)
	}
	m.CertificateExpiry(source.NotAfter)
	known := policycache.New(catalog, m)
	reader := lookups.NewReader(api.client, m)
	verifier := kits.NewVerifier(reader, clock.RealClock{}, frameworks.Default(), m.Verified)
	routes := handlers.Routes(&handlers.Inputs{
		Catalog:  catalog,
		Policies: known, Kits: verifier,
		Access: access.Reviewer{Client: api.client}, Reader: reader, Observer: m, Events: events.Recorder{Client: api.client}, Clock: clock.RealClock{},
		KitImage: o.KitImage, Binders: o.Binders,
	}, m)
	reviews := server.New(server.Options{
		Handler: routes, GetCertificate: source.GetCertificate, Clients: o.Clients, Drain: o.Drain, Finish: o.Finish,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	})
	beside := []func(context.Context) error{
		api.cache.Start, source.Run,
		func(ctx context.Context) error { return known.Watch(ctx, api.cache) },
		func(ctx context.Context) error {
			return server.ServeHealth(ctx, o.Health, server.Health(reviews.Ready, known.Ready, source.Ready))
		},
	}
	if o.Election.Namespace != "" {
		writer := &status.Writer{
			Cached: api.cache, Client: api.client, Policies: known, Kits: verifier, Clock: clock.RealClock{}, Log: log,
			Every: statusEvery, KitsEvery: kitsEvery,
		}
		beside = append(beside, func(ctx context.Context) error { return o.Election.While(ctx, o.Config, log, writer.Run) })
	}
	if o.Metrics != nil {
		beside = append(beside, func(ctx context.Context) error {
			protected := access.Protect(m.Handler(), access.Reviewer{Client: api.client})
			return server.ServeMetrics(ctx, o.Metrics, protected, source.GetCertificate)
		})
	}
	return serve(ctx, o.Reviews, reviews, beside)
}

// serve ends in order: reviews are served until the drain is over, and all that
// they need, beside them, lives as long as they do.
func serve(ctx context.Context, listener net.Listener, reviews *server.Server, beside []func(context.Context) error) error {
	longer, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, longer := errgroup.WithContext(longer)
	for _, run := range beside {
		group.Go(func() error { return run(longer) })
	}
	group.Go(func() error {
		defer stop()
		serving, cancel := context.WithCancel(ctx)
		defer cancel()
		// What fails beside it ends it too.
		defer context.AfterFunc(longer, cancel)()
		return reviews.Serve(serving, listener)
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the webhook ended: %w", err)
	}
	return nil
}

// api is the webhook's way to the API server.
type api struct {
	client client.Client
	cache  cache.Cache
}
