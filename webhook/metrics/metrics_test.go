package metrics_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
	"github.com/kubectl-flare/kubectl-flare/webhook/metrics"
)

// Of many denials, some are logged; each use of break-glass is logged and counted.
func TestLog(t *testing.T) {
	var lines []string
	m := metrics.New(funcr.New(func(_, args string) { lines = append(lines, args) }, funcr.Options{}))
	for range 1000 {
		m.Denied(handlers.Denial{Policy: "hospital-a", User: "eve", Message: "a reserved name"})
	}
	require.Greater(t, len(lines), 10)
	require.Less(t, len(lines), 200)
	require.Contains(t, lines[0], `"user"="eve"`)
	lines = nil
	for range 1000 {
		m.BreakGlass(handlers.BreakGlassUse{Policy: "hospital-a", User: "ann", Subresource: "exec", Reason: "the client hangs", Until: time.Unix(0, 0)})
	}
	require.Len(t, lines, 1000)
	require.Contains(t, lines[0], `"until"="1970-01-01T00:00:00Z"`)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.Contains(t, w.Body.String(), `flare_webhook_break_glass_total{policy="hospital-a",subresource="exec"} 1000`)
}
