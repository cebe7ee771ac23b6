//go:build integration

package battery

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

// submit sends a case's request as its user. Nothing is stored: admission is the
// same in a dry run.
func (s *server) submit(ctx context.Context, t testing.TB, c *battery.Case) battery.Verdict {
	t.Helper()
	heard := &warnings{}
	config := rest.CopyConfig(s.config)
	config.WarningHandler = heard
	config.Impersonate = rest.ImpersonationConfig{UserName: c.Review.User.Username, Groups: []string{groupUsers}}
	config.Impersonate.Extra = s.extra(ctx, t, c)
	if c.Snapshot.BreakGlass {
		config.Impersonate.Groups = append(config.Impersonate.Groups, groupBreakGlass)
	}
	if c.Snapshot.Govern {
		config.Impersonate.Groups = append(config.Impersonate.Groups, groupGovern)
	}
	err := s.send(ctx, t, config, c)
	v := battery.Verdict{Allowed: true, Messages: heard.lines}
	if message, refused := denial(err); refused {
		return battery.Verdict{Messages: strings.Split(message, "\n")}
	}
	if err != nil && c.Review.Operation != policies.Connect {
		t.Errorf("the API server itself says: %v", err)
	}
	return v
}

// extra is what the API server says of a token that is bound to a pod: the pod's UID is
// the one that the API server gave it.
func (s *server) extra(ctx context.Context, t testing.TB, c *battery.Case) map[string][]string {
	t.Helper()
	name := c.Review.User.Extra[policies.ExtraPodName]
	if len(name) == 0 {
		return nil
	}
	pod := &corev1.Pod{}
	if err := s.admin.Get(ctx, client.ObjectKey{Namespace: c.Snapshot.Namespace, Name: name[0]}, pod); err != nil {
		t.Fatal(err)
	}
	return map[string][]string{policies.ExtraPodName: name, policies.ExtraPodUID: {string(pod.UID)}}
}

var denied = regexp.MustCompile(`(?s)^admission webhook "[a-z-]+\.kubectl-flare\.dev" denied the request: (.*)$`)

// denial takes the webhook's message out of the API server's.
func denial(err error) (string, bool) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return "", false
	}
	m := denied.FindStringSubmatch(status.Status().Message)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// warnings keeps what the webhook warns of.
type warnings struct {
	mu    sync.Mutex
	lines []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasPrefix(text, "SitePolicy ") {
		w.lines = append(w.lines, text)
	}
}

func (s *server) send(ctx context.Context, t testing.TB, config *rest.Config, c *battery.Case) error {
	t.Helper()
	a := &c.Review
	if a.Operation == policies.Connect {
		return connect(ctx, t, config, c)
	}
	if a.Operation == policies.Delete {
		old, ok := a.OldObject.DeepCopyObject().(client.Object)
		if !ok {
			t.Fatalf("%T is not deleted", a.OldObject)
		}
		return s.client(config).Delete(ctx, old, client.DryRunAll)
	}
	object, ok := a.Object.DeepCopyObject().(client.Object)
	if !ok {
		t.Fatalf("%T is not sent", a.Object)
	}
	if binding, ok := object.(*corev1.Binding); ok {
		return bind(ctx, t, config, c, binding)
	}
	as := s.client(config)
	if a.Operation == policies.Create {
		return as.Create(ctx, object, client.DryRunAll)
	}
	stored, ok := a.OldObject.DeepCopyObject().(client.Object)
	if !ok {
		t.Fatalf("%T is not sent", a.OldObject)
	}
	if err := s.admin.Get(ctx, client.ObjectKeyFromObject(stored), stored); err != nil {
		t.Fatal(err)
	}
	object.SetUID(stored.GetUID())
	object.SetResourceVersion(stored.GetResourceVersion())
	if a.Subresource == "" {
		return as.Update(ctx, object, client.DryRunAll)
	}
	return as.SubResource(a.Subresource).Update(ctx, object, client.DryRunAll)
}

func typed(t testing.TB, config *rest.Config) kubernetes.Interface {
	t.Helper()
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bind uses either of the two endpoints for Bindings.
func bind(ctx context.Context, t testing.TB, config *rest.Config, c *battery.Case, b *corev1.Binding) error {
	t.Helper()
	request := typed(t, config).CoreV1().RESTClient().Post().Namespace(c.Review.Namespace).Param("dryRun", "All").Body(b)
	if c.Review.Resource.Resource == "bindings" {
		return request.Resource("bindings").Do(ctx).Error()
	}
	return request.Resource("pods").Name(b.Name).SubResource("binding").Do(ctx).Error()
}

// connect gets an error in any case: behind admission there is no kubelet.
func connect(ctx context.Context, t testing.TB, config *rest.Config, c *battery.Case) error {
	t.Helper()
	a := &c.Review
	request := typed(t, config).CoreV1().RESTClient().Post().Namespace(a.Namespace).Resource(a.Resource.Resource).Name(a.Name).SubResource(a.Subresource)
	if a.Subresource == "exec" {
		request = request.VersionedParams(&corev1.PodExecOptions{Command: []string{"sh"}, Stdin: true}, scheme.ParameterCodec)
	}
	return request.Do(ctx).Error()
}
