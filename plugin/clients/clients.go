// Package clients is the seam between the commands and a cluster: the only way
// in which a command comes by a client, and so the place where tests put
// theirs. It also says what a cluster's errors mean, in plain words.
package clients

import (
	"context"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // cloud credentials in kubeconfigs
	"k8s.io/client-go/rest"
)

// Clients makes every kind of client from one kubeconfig.
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

// New makes Clients of what cobra's flags give. A getter that already is one
// is returned as it is: so tests hand in theirs.
func New(getter genericclioptions.RESTClientGetter) Clients {
	if c, ok := getter.(Clients); ok {
		return c
	}
	return &fromFlags{RESTClientGetter: getter}
}

type fromFlags struct {
	genericclioptions.RESTClientGetter
}

// config lifts client-go's limit of 5 requests a second, made for controllers:
// a command's requests are few, and the server has its own fairness.
func (c *fromFlags) config() (*rest.Config, error) {
	config, err := c.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = 50, 300
	return config, nil
}

// Typed implements Clients.
func (c *fromFlags) Typed() (kubernetes.Interface, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// Dynamic implements Clients.
func (c *fromFlags) Dynamic() (dynamic.Interface, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	return dynamic.NewForConfig(config)
}

// Metadata implements Clients.
func (c *fromFlags) Metadata() (metadata.Interface, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	return metadata.NewForConfig(config)
}

// Namespace implements Clients.
func (c *fromFlags) Namespace() (string, error) {
	namespace, _, err := c.ToRawKubeConfigLoader().Namespace()
	return namespace, err
}
