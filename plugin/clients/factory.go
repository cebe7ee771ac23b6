package clients

import (
	"fmt"
	"runtime"
	"sync"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
)

// discoveryQPS is how many requests per second discovery may send to one cluster.
const discoveryQPS = 50

// Factory makes the Clients of any number of contexts of one kubeconfig. The root
// command makes one and hands it down. It is safe for concurrent use.
type Factory struct {
	flags     *genericclioptions.ConfigFlags
	userAgent string
	current   Clients

	mu       sync.Mutex
	contexts map[string]Clients
}

// NewFactory makes a Factory from kubectl's flags, which may still be unset. The version
// appears in audit logs.
func NewFactory(flags *genericclioptions.ConfigFlags, version string) *Factory {
	f := &Factory{
		flags:     flags,
		userAgent: fmt.Sprintf("kubectl-flare/%s (%s/%s)", version, runtime.GOOS, runtime.GOARCH),
		contexts:  map[string]Clients{},
	}
	f.current = newCluster(f.identified(flags), f.userAgent)
	return f
}

// Current are the Clients of the context that the flags and the kubeconfig name.
func (f *Factory) Current() Clients { return f.current }

// Context are the Clients of a context by its name; the empty name is the current
// context. Only the flags apply that are not about a single cluster: credentials and
// addresses for one cluster must not be sent to another.
func (f *Factory) Context(name string) Clients {
	if name == "" {
		return f.current
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	made, ok := f.contexts[name]
	if !ok {
		made = newCluster(f.identified(f.flagsFor(name)), f.userAgent)
		f.contexts[name] = made
	}
	return made
}

func (f *Factory) flagsFor(name string) *genericclioptions.ConfigFlags {
	flags := genericclioptions.NewConfigFlags(true).WithDiscoveryQPS(discoveryQPS)
	flags.Context = &name
	flags.KubeConfig, flags.CacheDir, flags.Timeout = f.flags.KubeConfig, f.flags.CacheDir, f.flags.Timeout
	flags.Impersonate, flags.ImpersonateUID = f.flags.Impersonate, f.flags.ImpersonateUID
	flags.ImpersonateGroup, flags.ImpersonateUserExtra = f.flags.ImpersonateGroup, f.flags.ImpersonateUserExtra
	flags.DisableCompression = f.flags.DisableCompression
	return flags
}

// identified gives discovery the plugin's user agent too.
func (f *Factory) identified(flags *genericclioptions.ConfigFlags) *genericclioptions.ConfigFlags {
	before := flags.WrapConfigFn
	return flags.WithWrapConfigFn(func(config *rest.Config) *rest.Config {
		if before != nil {
			config = before(config)
		}
		config.UserAgent = f.userAgent
		return config
	})
}
