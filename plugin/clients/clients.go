// Package clients is the seam between commands and clusters: commands get their clients
// only from here, and tests replace them here. It also explains the errors of clusters.
package clients

import (
	"context"
	"sync"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // cloud credentials in kubeconfigs
	"k8s.io/client-go/rest"
)

// Clients makes every kind of client for one context of a kubeconfig. It is safe for
// concurrent use.
type Clients interface {
	genericclioptions.RESTClientGetter
	// Typed is for the built-in kinds.
	Typed() (kubernetes.Interface, error)
	// Dynamic is for all kinds, as unstructured data.
	Dynamic() (dynamic.Interface, error)
	// Metadata sees objects without their content, above all Secrets.
	Metadata() (metadata.Interface, error)
	// Namespace is the namespace that the flags or the kubeconfig name.
	Namespace() (string, error)
	// Explain explains a cluster's error and says what to do about it. It returns other
	// errors, and nil, unchanged.
	Explain(ctx context.Context, err error) error
}

// cluster is one cluster, reached through one context.
type cluster struct {
	genericclioptions.RESTClientGetter

	typed    func() (kubernetes.Interface, error)
	dynamic  func() (dynamic.Interface, error)
	metadata func() (metadata.Interface, error)
}

// newCluster makes each client once, when it is first needed.
func newCluster(getter genericclioptions.RESTClientGetter, userAgent string) *cluster {
	config := sync.OnceValues(func() (*rest.Config, error) { return configOf(getter, userAgent) })
	return &cluster{
		RESTClientGetter: getter,
		typed:            once(config, func(c *rest.Config) (kubernetes.Interface, error) { return kubernetes.NewForConfig(c) }),
		dynamic:          once(config, func(c *rest.Config) (dynamic.Interface, error) { return dynamic.NewForConfig(c) }),
		metadata:         once(config, metadata.NewForConfig),
	}
}

func once[T any](config func() (*rest.Config, error), make func(*rest.Config) (T, error)) func() (T, error) {
	return sync.OnceValues(func() (T, error) {
		c, err := config()
		if err != nil {
			var none T
			return none, err
		}
		return make(c)
	})
}

// configOf removes client-go's limit of requests per second, which dates from before
// API servers had priority and fairness: each command bounds its own concurrency.
func configOf(getter genericclioptions.RESTClientGetter, userAgent string) (*rest.Config, error) {
	config, err := getter.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.QPS = -1
	config.UserAgent = userAgent
	return config, nil
}

// Typed implements Clients.
func (c *cluster) Typed() (kubernetes.Interface, error) { return c.typed() }

// Dynamic implements Clients.
func (c *cluster) Dynamic() (dynamic.Interface, error) { return c.dynamic() }

// Metadata implements Clients.
func (c *cluster) Metadata() (metadata.Interface, error) { return c.metadata() }

// Namespace implements Clients.
func (c *cluster) Namespace() (string, error) {
	namespace, _, err := c.ToRawKubeConfigLoader().Namespace()
	return namespace, err
}
