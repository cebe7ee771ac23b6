// Package clientstest is a small API server in memory, for tests that run whole commands. It
// has the kinds that kubectl flare uses, server-side apply, watches, and logs of pods. It has
// no controllers: tests play their part.
package clientstest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
)

// Server is the API server.
type Server struct {
	URL string
	// OnWrite is called, without any lock held, after each write that was not a
	// dry run. It plays the controllers.
	OnWrite func(obj *unstructured.Unstructured)
	// Deny returns the error for a request; nil allows it. The verb is get, list, watch,
	// patch or delete, and the resource is for example "pods" or "pods/log".
	Deny func(verb, resource, name string, dryRun bool) *apierrors.StatusError

	t       testing.TB
	mu      sync.Mutex
	objects map[string]*unstructured.Unstructured // by resource/namespace/name
	version int
	watches []*watcher
	logs    map[string]string // by pod, or pod/container
	bodies  map[string]string // by pod:port
	writes  []string
}

// Start starts a server that holds the objects, and stops it with the test.
func Start(t testing.TB, objects ...runtime.Object) *Server {
	t.Helper()
	s := &Server{t: t, objects: map[string]*unstructured.Unstructured{}, logs: map[string]string{}, bodies: map[string]string{}}
	for _, obj := range objects {
		s.Put(obj)
	}
	web := httptest.NewServer(s)
	s.URL = web.URL
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
	})
	return s
}

// Flags are kubectl's flags, set so that they lead to the server.
func (s *Server) Flags(namespace string) *genericclioptions.ConfigFlags {
	flags := genericclioptions.NewConfigFlags(false)
	flags.APIServer, flags.Namespace = &s.URL, &namespace
	flags.KubeConfig = new("/dev/null")
	flags.CacheDir = new(s.t.TempDir())
	return flags
}

// Clients are clients for a namespace of the server.
func (s *Server) Clients(namespace string) clients.Clients {
	return clients.NewFactory(s.Flags(namespace), "test").Current()
}

// NoCluster are the Clients of a user without a kubeconfig.
func NoCluster() clients.Clients {
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = new("/dev/null")
	return clients.NewFactory(flags, "test").Current()
}

// Put adds or replaces an object, as if a controller had written it.
func (s *Server) Put(obj runtime.Object) {
	s.t.Helper()
	u := s.unstructured(obj)
	kind, ok := byKind(u.GetKind())
	if !ok {
		s.t.Fatalf("clientstest knows no %s", u.GetKind())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store(kind, u)
}

func (s *Server) unstructured(obj runtime.Object) *unstructured.Unstructured {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		s.t.Fatal(err)
	}
	u := &unstructured.Unstructured{Object: content}
	if gvks, _, err := scheme.Scheme.ObjectKinds(obj); err == nil {
		u.SetGroupVersionKind(gvks[0])
	}
	return u
}

// Get returns a stored object by its resource, such as "secrets".
func (s *Server) Get(resource, namespace, name string) (*unstructured.Unstructured, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.objects[key(resource, namespace, name)]
	if !ok {
		return nil, false
	}
	return u.DeepCopy(), true
}

// Writes are the writes so far, such as "patch secrets/name", without dry runs.
func (s *Server) Writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.writes...)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if discovery(w, r) {
		return
	}
	req, ok := parse(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if s.Deny != nil {
		if err := s.Deny(req.verb, req.resource(), req.name, req.dryRun); err != nil {
			reply(w, int(err.ErrStatus.Code), withKind(err.ErrStatus))
			return
		}
	}
	s.serve(w, r, req)
}

func withKind(status metav1.Status) metav1.Status {
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	return status
}

func reply(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func key(parts ...string) string { return strings.Join(parts, "/") }
