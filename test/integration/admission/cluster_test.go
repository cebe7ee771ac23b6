//go:build integration

package admission

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/webhook"
	"github.com/kubectl-flare/kubectl-flare/webhook/certificates"
)

// cluster is the API server with our manifests in it, and the webhook.
type cluster struct {
	config  *rest.Config
	typed   kubernetes.Interface
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper

	reviews, health string
	// line is how the webhook reaches the API server.
	line       *line
	end        context.CancelFunc
	ended      chan error
	readyAfter time.Duration
}

func connect(config *rest.Config) (*cluster, error) {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	dyn, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(typed.Discovery()))
	return &cluster{config: config, typed: typed, dynamic: dyn, mapper: mapper, line: newLine()}, nil
}

// install writes the manifests. Only the address of the webhook is another: no
// Service leads anywhere here.
func (c *cluster) install(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.reviews = listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	first, err := manifests.Prerequisites()
	if err != nil {
		return err
	}
	known, err := policies.DefaultProfiles()
	if err != nil {
		return err
	}
	rest, err := manifests.Objects(known.Prefixes(), manifests.Options{Image: "none", Certs: manifests.SelfSigned})
	if err != nil {
		return err
	}
	for _, object := range append(first, rest...) {
		if strings.HasSuffix(object.GetKind(), "WebhookConfiguration") {
			if err := c.redirect(object); err != nil {
				return err
			}
		}
		if err := c.apply(ctx, object); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return c.awaitCRD(ctx)
}

func (c *cluster) redirect(configuration *unstructured.Unstructured) error {
	webhooks, _, err := unstructured.NestedSlice(configuration.Object, "webhooks")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(c.reviews)
	if err != nil {
		return err
	}
	for _, w := range webhooks {
		clientConfig := w.(map[string]any)["clientConfig"].(map[string]any)
		path := clientConfig["service"].(map[string]any)["path"].(string)
		w.(map[string]any)["clientConfig"] = map[string]any{"url": "https://localhost:" + port + path}
	}
	return unstructured.SetNestedSlice(configuration.Object, webhooks, "webhooks")
}

func (c *cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	gvk := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	return c.dynamic.Resource(mapping.Resource).Namespace(object.GetNamespace()), nil
}

func (c *cluster) apply(ctx context.Context, object *unstructured.Unstructured) error {
	client, err := c.resource(object)
	if err != nil {
		return err
	}
	_, err = client.Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: "test", Force: true})
	return err
}

func (c *cluster) awaitCRD(ctx context.Context) error {
	for range 100 {
		if _, err := c.dynamic.Resource(sitePolicies()).List(ctx, metav1.ListOptions{}); err == nil {
			c.mapper.Reset()
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("SitePolicies are not served")
}

// start runs the webhook with its own ServiceAccount's rights, until it is ready.
func (c *cluster) start() error {
	reviews, err := net.Listen("tcp", c.reviews)
	if err != nil {
		return err
	}
	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.health = "http://" + health.Addr().String()
	as := rest.CopyConfig(c.config)
	as.Dial = c.line.dial
	as.Impersonate = rest.ImpersonationConfig{
		UserName: "system:serviceaccount:flare-system:flare-webhook",
		Groups:   []string{"system:serviceaccounts", "system:serviceaccounts:flare-system", "system:authenticated"},
	}
	var ctx context.Context
	ctx, c.end = context.WithCancel(context.Background())
	c.ended = make(chan error, 1)
	began := time.Now()
	go func() {
		c.ended <- webhook.Run(ctx, webhook.Options{
			Config: as, Reviews: reviews, Health: health, Finish: time.Second,
			SelfSigned: certificates.SelfSignedOptions{
				Namespace: "flare-system", Secret: "flare-webhook-certificates", Configuration: "flare-webhook",
				DNSNames: []string{"localhost"}, Every: time.Second,
			},
			Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
	}()
	for time.Since(began) < 10*time.Second {
		if response, err := http.Get(c.health + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				c.readyAfter = time.Since(began)
				return c.awaitTrust()
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("the webhook is not ready after 10 s")
}

// awaitTrust waits until the API server has heard of the authority and of the
// policies.
func (c *cluster) awaitTrust() error {
	_, err := c.typed.CoreV1().Namespaces().Create(context.Background(), namespaceOf("trust", "absent"), metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	for range 100 {
		_, err = c.typed.CoreV1().Pods("trust").Create(context.Background(), podOf("probe"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err != nil && strings.Contains(err.Error(), `"pods.kubectl-flare.dev" denied`) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the webhook is not asked: %w", err)
}

// stop ends the webhook as SIGTERM does.
func (c *cluster) stop() {
	c.end()
	<-c.ended
}
