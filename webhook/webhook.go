// Package webhook is the admission server: what a cluster enforces. It keeps no
// state of its own, so that any number of replicas may run.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/webhook/access"
	"github.com/kubectl-flare/kubectl-flare/webhook/certificates"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
	"github.com/kubectl-flare/kubectl-flare/webhook/metrics"
	"github.com/kubectl-flare/kubectl-flare/webhook/policycache"
	"github.com/kubectl-flare/kubectl-flare/webhook/server"
)

// Options configure the webhook.
type Options struct {
	// Config leads to the API server.
	Config *rest.Config
	// Reviews and Health are where it listens.
	Reviews, Health net.Listener
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
	known := policycache.New(catalog, m.InvalidPolicy)
	routes := handlers.Routes(&handlers.Inputs{
		Catalog:  catalog,
		Policies: known, Kits: kits.NewVerifier(api.client, clock.RealClock{}, frameworks.Default(), m.Verified),
		Access: access.Reviewer{Client: api.client}, Reader: api.client, Observer: m, Clock: clock.RealClock{},
		KitImage: o.KitImage, Binders: o.Binders,
	}, m)
	reviews := server.New(server.Options{
		Handler: routes, GetCertificate: source.GetCertificate, Drain: o.Drain, Finish: o.Finish,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	})
	health := server.Health(m.Handler(), reviews.Ready, known.Ready, source.Ready)
	return serve(ctx, o, api.cache, known, source, reviews, health)
}

// serve ends in order: reviews are served until the drain is over, and all that
// they need lives as long as they do.
func serve(ctx context.Context, o Options, informers cache.Cache, policies *policycache.Cache, source certificates.Source, reviews *server.Server, health http.Handler) error {
	longer, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, longer := errgroup.WithContext(longer)
	group.Go(func() error { return informers.Start(longer) })
	group.Go(func() error { return policies.Watch(longer, informers) })
	group.Go(func() error { return source.Run(longer) })
	group.Go(func() error { return server.ServeHealth(longer, o.Health, health) })
	group.Go(func() error {
		defer stop()
		serving, cancel := context.WithCancel(ctx)
		defer cancel()
		// What fails beside it ends it too.
		defer context.AfterFunc(longer, cancel)()
		return reviews.Serve(serving, o.Reviews)
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
