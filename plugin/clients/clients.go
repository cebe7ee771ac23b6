// Package clients is the seam between the commands and clusters: the only way in
// which a command comes by a client, and so the place where tests put theirs. It
// also says what a cluster's errors mean, in plain words.
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

// Clients makes every kind of client for one context of a kubeconfig. It may be
// used concurrently.
type Clients interface {
	genericclioptions.RESTClientGetter
	// Typed is for kinds that we know.
	Typed() (kubernetes.Interface, error)
	// Dynamic is for kinds that come as data.
	Dynamic() (dynamic.Interface, error)
	// Metadata sees objects without their content: Secrets, above all.
	Metadata() (metadata.Interface, error)
	// Namespace is the one that flags and kubeconfig name.
	Namespace() (string, error)
	// Explain turns a cluster's error into words and a way out. It returns
	// other errors, and nil, as they are.
	Explain(ctx context.Context, err error) error
}

// cluster is one cluster, reached through one context.
type cluster struct {
	genericclioptions.RESTClientGetter

	typed    func() (kubernetes.Interface, error)
	dynamic  func() (dynamic.Interface, error)
	metadata func() (metadata.Interface, error)
}

// newCluster makes each client once, when it is asked for.
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

// configOf lifts client-go's limit of requests a second, which was made for
// controllers before servers had fairness of their own: what a command does at once
// is bounded where it does it.
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
