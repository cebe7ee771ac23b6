package access_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/webhook/access"
)

// apiServer answers the two kinds of reviews.
type apiServer struct {
	client.Client
	reviews int
	asked   *authorizationv1.SubjectAccessReview
}

func (a *apiServer) Create(_ context.Context, object client.Object, _ ...client.CreateOption) error {
	a.reviews++
	switch o := object.(type) {
	case *authenticationv1.TokenReview:
		if o.Spec.Token == "broken" {
			return errors.New("the API server is away")
		}
		o.Status.Authenticated = o.Spec.Token != "unknown"
		o.Status.User = authenticationv1.UserInfo{Username: o.Spec.Token, Groups: []string{"g"}}
	case *authorizationv1.SubjectAccessReview:
		a.asked = o
		o.Status.Allowed = o.Spec.User == "prometheus"
	}
	return nil
}

func TestProtect(t *testing.T) {
	a := &apiServer{}
	handler := access.Protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "figures") }), access.Reviewer{Client: a})
	get := func(authorization string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Equal(t, w.Code == http.StatusOK, w.Body.String() == "figures")
		return w.Code
	}
	for authorization, want := range map[string]int{
		"": 401, "Bearer ": 401, "Basic prometheus": 401, "Bearer unknown": 401, "Bearer broken": 500, "Bearer someone": 403, "Bearer prometheus": 200,
	} {
		require.Equal(t, want, get(authorization), authorization)
	}
	require.Equal(t, "/metrics", a.asked.Spec.NonResourceAttributes.Path)
	require.Equal(t, "get", a.asked.Spec.NonResourceAttributes.Verb)
	require.Equal(t, []string{"g"}, a.asked.Spec.Groups)

	// A caller that tries many tokens does not make the webhook ask about each.
	before := a.reviews
	limited := false
	for range 200 {
		limited = get("Bearer unknown") == http.StatusTooManyRequests || limited
	}
	require.True(t, limited)
	require.Less(t, a.reviews-before, 100)
}
