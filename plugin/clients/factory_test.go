package clients_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
)

// seen is what a cluster has seen of one request.
type seen struct{ agent, authorization, impersonated string }

// federation starts a cluster for each context and writes the kubeconfig of all.
func federation(t *testing.T, contexts ...string) (*genericclioptions.ConfigFlags, map[string]*seen) {
	t.Helper()
	config, requests := api.NewConfig(), map[string]*seen{}
	for _, name := range contexts {
		last := &seen{}
		requests[name] = last
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			*last = seen{r.UserAgent(), r.Header.Get("Authorization"), r.Header.Get("Impersonate-User")}
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"kind":"NamespaceList","apiVersion":"v1","items":[]}`)
		}))
		t.Cleanup(server.Close)
		config.Clusters[name] = &api.Cluster{Server: server.URL, InsecureSkipTLSVerify: true}
		config.AuthInfos[name] = &api.AuthInfo{Token: "of-" + name}
		config.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name, Namespace: "fl-" + name}
	}
	config.CurrentContext = contexts[0]
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(*config, file))
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &file
	return flags, requests
}

func list(t *testing.T, c clients.Clients) {
	t.Helper()
	typed, err := c.Typed()
	require.NoError(t, err)
	_, err = typed.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
}

func TestContexts(t *testing.T) {
	flags, requests := federation(t, "a", "b")
	f := clients.NewFactory(flags, "v1.2.3")
	agent := "kubectl-flare/v1.2.3 (" + runtime.GOOS + "/" + runtime.GOARCH + ")"
	list(t, f.Current())
	require.Equal(t, seen{agent, "Bearer of-a", ""}, *requests["a"])
	list(t, f.Context("b"))
	require.Equal(t, seen{agent, "Bearer of-b", ""}, *requests["b"])
	namespace, err := f.Context("b").Namespace()
	require.NoError(t, err)
	require.Equal(t, "fl-b", namespace)
	first, again := f.Context("b"), f.Context("b")
	require.Same(t, first, again)
	require.Same(t, f.Current(), f.Context(""))
}

// Flags about one cluster are not used for others; impersonation is.
func TestFlagsOfOneCluster(t *testing.T) {
	flags, requests := federation(t, "a", "b")
	token, namespace, user := "secret", "elsewhere", "ann"
	flags.BearerToken, flags.Namespace, flags.Impersonate = &token, &namespace, &user
	f := clients.NewFactory(flags, "v1")
	list(t, f.Current())
	list(t, f.Context("b"))
	require.Equal(t, "Bearer secret", requests["a"].authorization)
	require.Equal(t, "Bearer of-b", requests["b"].authorization)
	require.Equal(t, "ann", requests["b"].impersonated)
	got, err := f.Context("b").Namespace()
	require.NoError(t, err)
	require.Equal(t, "fl-b", got)
}

func TestUnknownContext(t *testing.T) {
	flags, _ := federation(t, "a")
	_, err := clients.NewFactory(flags, "v1").Context("nowhere").Typed()
	require.ErrorContains(t, err, `context "nowhere" does not exist`)
}

// Discovery has the plugin's user agent too.
func TestUserAgentOfDiscovery(t *testing.T) {
	flags, requests := federation(t, "a")
	flags.CacheDir = new(t.TempDir())
	discovery, err := clients.NewFactory(flags, "v9").Current().ToDiscoveryClient()
	require.NoError(t, err)
	_, _ = discovery.ServerVersion()
	require.Contains(t, requests["a"].agent, "kubectl-flare/v9 ")
	_, err = os.Stat(*flags.CacheDir)
	require.NoError(t, err)
}
