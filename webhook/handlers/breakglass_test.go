package handlers_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// events remembers, and may fail.
type events struct {
	uses []handlers.BreakGlassUse
	err  error
}

func (e *events) BreakGlass(_ context.Context, use handlers.BreakGlassUse) error {
	e.uses = append(e.uses, use)
	return e.err
}

func execBy(user string, dryRun bool) *admissionv1.AdmissionRequest {
	r := &admissionv1.AdmissionRequest{UID: "u", Operation: admissionv1.Connect, Namespace: policiestest.Namespace, Name: "client-0", SubResource: "exec", DryRun: &dryRun}
	r.Kind.Version, r.Kind.Kind = "v1", "PodExecOptions"
	r.Resource.Version, r.Resource.Resource = "v1", "pods"
	r.UserInfo.Username = user
	r.Object.Raw = []byte(`{"apiVersion":"v1","kind":"PodExecOptions"}`)
	return r
}

// Each use of break-glass is reported, with an Event unless nothing happens; an Event that
// cannot be made denies nothing.
func TestBreakGlassRings(t *testing.T) {
	s, inputs := newSite(t)
	rung := &events{}
	inputs.Events = rung
	server := httptest.NewTLSServer(handlers.Routes(inputs, s))
	defer server.Close()
	require.True(t, send(t, server, "/validate/connect", execBy("firefighter", false)).Allowed)
	require.Len(t, rung.uses, 1)
	require.Equal(t, rung.uses, s.uses)
	use := rung.uses[0]
	require.Equal(t, []string{"hospital-a", "firefighter", "client-0", "exec", "the client hangs"}, []string{use.Policy, use.User, use.Name, use.Subresource, use.Reason})
	require.Empty(t, s.denials)

	rung.err = errors.New("events are away")
	require.True(t, send(t, server, "/validate/connect", execBy("firefighter", false)).Allowed)
	require.True(t, send(t, server, "/validate/connect", execBy("firefighter", true)).Allowed)
	require.Len(t, rung.uses, 2, "a dry run makes no Event")
	require.Len(t, s.uses, 3)

	require.False(t, send(t, server, "/validate/connect", execBy("ann", false)).Allowed)
	require.Len(t, s.uses, 3)
	require.Equal(t, "ann", s.denials[0].User)
	require.NotContains(t, s.denials[0].Message, "\n")
	require.Equal(t, []string{"interactive-access"}, s.violations)
	require.Equal(t, []string{"nvflare"}, s.frameworks)
}

// While it is closed, the API server is not asked about the user, and the denial says how to
// open it.
func TestBreakGlassIsClosed(t *testing.T) {
	s, inputs := newSite(t)
	s.policy.Annotations = nil
	s.ready = policiestest.Compile(t, s.policy)
	server := httptest.NewTLSServer(handlers.Routes(inputs, s))
	defer server.Close()
	response := send(t, server, "/validate/connect", execBy("firefighter", false))
	require.False(t, response.Allowed)
	require.Contains(t, response.Result.Message, "kubectl flare site break-glass fl-site-2")
	require.Empty(t, s.asked)
}
