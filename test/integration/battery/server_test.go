//go:build integration

package battery

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/test/battery"
	"github.com/kubectl-flare/kubectl-flare/webhook"
)

// server is an API server with the CRD, and later the webhook.
type server struct {
	*testing.T
	config *rest.Config
	admin  client.Client
}

func start(t *testing.T) *server {
	t.Helper()
	prerequisites, err := manifests.Prerequisites()
	if err != nil {
		t.Fatal(err)
	}
	env := &envtest.Environment{}
	for _, o := range prerequisites {
		if o.GetKind() == "CustomResourceDefinition" {
			crd := &apiextensionsv1.CustomResourceDefinition{}
			convert(t, o, crd)
			env.CRDs = append(env.CRDs, crd)
		}
	}
	config, err := env.Start()
	if err != nil {
		t.Fatal(err, `(run make lab-up, then eval "$(go run ./test/lab env)")`)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})
	config.QPS = -1
	s := &server{T: t, config: config}
	s.admin = s.client(config)
	return s
}

func convert(t *testing.T, from *unstructured.Unstructured, into any) {
	t.Helper()
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(from.Object, into); err != nil {
		t.Fatal(err)
	}
}

func (s *server) client(config *rest.Config) client.Client {
	s.Helper()
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(envtestTypes, v1alpha1.AddToScheme)
	if err := builder.AddToScheme(scheme); err != nil {
		s.Fatal(err)
	}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// register starts the webhook and registers it as the manifests do, but for its
// address: there is no Service.
func (s *server) register() {
	s.Helper()
	objects, err := shipped()
	if err != nil {
		s.Fatal(err)
	}
	hooks := envtest.WebhookInstallOptions{}
	for _, o := range objects {
		switch o.GetKind() {
		case "MutatingWebhookConfiguration":
			c := &admissionregistrationv1.MutatingWebhookConfiguration{}
			convert(s.T, o, c)
			for i := range c.Webhooks {
				relative(&c.Webhooks[i].ClientConfig)
			}
			hooks.MutatingWebhooks = append(hooks.MutatingWebhooks, c)
		case "ValidatingWebhookConfiguration":
			c := &admissionregistrationv1.ValidatingWebhookConfiguration{}
			convert(s.T, o, c)
			for i := range c.Webhooks {
				relative(&c.Webhooks[i].ClientConfig)
			}
			hooks.ValidatingWebhooks = append(hooks.ValidatingWebhooks, c)
		}
	}
	if err := hooks.PrepWithoutInstalling(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = hooks.Cleanup() })
	s.serve(&hooks)
	if err := hooks.Install(s.config); err != nil {
		s.Fatal(err)
	}
}

// relative takes off the slash that envtest puts before the path itself.
func relative(c *admissionregistrationv1.WebhookClientConfig) {
	c.Service.Path = new(strings.TrimPrefix(*c.Service.Path, "/"))
}

func (s *server) serve(hooks *envtest.WebhookInstallOptions) {
	s.Helper()
	reviews, err := net.Listen("tcp", fmt.Sprintf("%s:%d", hooks.LocalServingHost, hooks.LocalServingPort))
	if err != nil {
		s.Fatal(err)
	}
	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- webhook.Run(ctx, webhook.Options{
			Config: s.config, Reviews: reviews, Health: health, CertDir: hooks.LocalServingCertDir,
			Finish: time.Second, KitImage: battery.KitImage, Log: slog.New(slog.DiscardHandler),
		})
	}()
	s.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			s.Error(err)
		}
	})
}
