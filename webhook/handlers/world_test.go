package handlers_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// site plays everything around the handlers: one governed namespace with three
// valid kits, and users with and without the verb breakglass.
type site struct {
	policy *v1alpha1.SitePolicy
	ready  *policies.Policy
	facts  policies.Facts

	mu        sync.Mutex
	looks     int
	asked     []string
	decisions []string
	// violations are the checks that failed, frameworks those of the kits of the requests.
	violations, frameworks []string
	denials                []handlers.Denial
	uses                   []handlers.BreakGlassUse
}

// For implements handlers.Policies. The namespace "unloaded" names a policy that
// is not there.
func (s *site) For(namespace string) (*policies.Policy, string) {
	switch namespace {
	case policiestest.Namespace:
		return s.ready, s.policy.Name
	case "unloaded":
		return nil, "absent"
	}
	return nil, ""
}

// Kit implements handlers.Kits.
func (s *site) Kit(_ context.Context, _, secret string, _ *v1alpha1.SitePolicy) *policies.KitFact {
	s.looked()
	if kit, ok := s.facts.Kits[secret]; ok {
		return kit
	}
	return &policies.KitFact{Error: "the Secret does not exist"}
}

// Local implements handlers.Kits.
func (s *site) Local(_ context.Context, _, configMap string, _ *v1alpha1.SitePolicy) policies.LocalFact {
	s.looked()
	if local, ok := s.facts.Locals[configMap]; ok {
		return local
	}
	return policies.LocalFact{Error: "the ConfigMap does not exist"}
}

// OfConfigMap implements handlers.Kits.
func (s *site) OfConfigMap(m *corev1.ConfigMap, _ *v1alpha1.SitePolicy) policies.LocalFact {
	return s.facts.Locals[m.Name]
}

// Claim implements handlers.Kits.
func (s *site) Claim(_ context.Context, _, claim string) policies.ClaimFact {
	s.looked()
	if known, ok := s.facts.Claims[claim]; ok {
		return known
	}
	return policies.ClaimFact{Error: "the PersistentVolumeClaim does not exist", Absent: true}
}

// Secret implements handlers.Kits.
func (s *site) Secret(_ context.Context, _, secret string, _ *v1alpha1.SitePolicy) policies.SecretFact {
	s.looked()
	return s.facts.Secrets[secret]
}

// Terminating implements handlers.Policies.
func (s *site) Terminating(namespace string) bool { return namespace == "terminating" }

// OfSecret implements handlers.Kits.
func (s *site) OfSecret(secret *corev1.Secret, policy *v1alpha1.SitePolicy) *policies.KitFact {
	return kitfact.Under(frameworks.Default(), &policy.Spec, secret)
}

func (s *site) looked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
}

// Allowed implements handlers.Access.
func (s *site) Allowed(_ context.Context, user authenticationv1.UserInfo, verb, policy string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, user.Username+" "+verb+" "+policy)
	if user.Username == "unlucky" {
		return true, errors.New("the API server is away")
	}
	return user.Username == "firefighter", nil
}

// Decided implements handlers.Observer.
func (s *site) Decided(handler string, operation policies.Operation, policy, verdict string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decisions = append(s.decisions, handler+" "+string(operation)+" "+policy+" "+verdict)
}

// Violated implements handlers.Observer.
func (s *site) Violated(_, _, check, framework string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations, s.frameworks = append(s.violations, check), append(s.frameworks, framework)
}

// Denied implements handlers.Observer.
func (s *site) Denied(d handlers.Denial) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denials = append(s.denials, d)
}

// BreakGlass implements handlers.Observer.
func (s *site) BreakGlass(use handlers.BreakGlassUse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses = append(s.uses, use)
}

// Reviewed implements review.Observer.
func (*site) Reviewed(string, time.Duration, error) {}

// Panicked implements review.Observer.
func (*site) Panicked(string) {}

// Log implements review.Observer.
func (*site) Log(string, string) {}

// objects are what is stored in the namespace besides kits.
func objects(t testing.TB) []client.Object {
	t.Helper()
	var all []client.Object
	for _, role := range []string{"server", "client", "admin"} {
		all = append(all, policiestest.LaunchPod(t, role))
	}
	all = append(all, policiestest.OtherPod(t))
	claim := &corev1.PersistentVolumeClaim{}
	claim.Namespace, claim.Name, claim.Spec.VolumeName = policiestest.Namespace, "ct-scans", "pv-17"
	all = append(all, claim)
	for name, selector := range map[string]map[string]string{
		"clients": {"kubectl-flare.dev/role": "client"}, "notebooks": {"app": "notebook"}, "anywhere": nil, "none": {"app": "none"},
	} {
		service := &corev1.Service{}
		service.Namespace, service.Name, service.Spec.Selector = policiestest.Namespace, name, selector
		all = append(all, service)
	}
	return all
}

func newSite(t testing.TB) (*site, *handlers.Inputs) {
	t.Helper()
	s := &site{policy: policiestest.Policy(t)}
	policiestest.OpenBreakGlass(s.policy)
	s.ready = policiestest.Compile(t, s.policy)
	s.facts = policiestest.Facts(s.policy)
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	return s, &handlers.Inputs{
		Catalog:  policiestest.Catalog(t),
		Policies: s, Kits: s, Access: s, Observer: s,
		Reader: fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects(t)...).Build(),
		Clock:  testingclock.NewFakePassiveClock(policiestest.Now),
	}
}

func serve(t *testing.T) (*site, *httptest.Server) {
	t.Helper()
	s, inputs := newSite(t)
	server := httptest.NewTLSServer(handlers.Routes(inputs, s))
	t.Cleanup(server.Close)
	return s, server
}
