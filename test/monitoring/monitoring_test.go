// Package monitoring tests that the alerts and the dashboard ask for metrics that the webhook
// has, with labels that these metrics have.
package monitoring

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
	"github.com/kubectl-flare/kubectl-flare/webhook/metrics"
)

// provided are the labels of every metric of the webhook, by its name.
func provided(t *testing.T) map[string][]string {
	t.Helper()
	m := metrics.New(logr.Discard())
	m.CertificateExpiry(func() time.Time { return time.Unix(1, 0) })
	m.Reviewed("pods", time.Second, errors.New("x"))
	m.Panicked("pods")
	m.Decided("pods", policies.Create, "p", "denied")
	m.Violated("pods", "p", "kit", "nvflare")
	m.LookedUp("Secret", nil)
	m.Verified()
	m.PolicyLoaded("p", 1, errors.New("x"))
	m.BreakGlass(handlers.BreakGlassUse{Policy: "p", Subresource: "exec"})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	text := expfmt.NewTextParser(model.UTF8Validation)
	families, err := text.TextToMetricFamilies(w.Body)
	require.NoError(t, err)
	// Prometheus adds these itself.
	all := map[string][]string{"up": {"job"}}
	for name, family := range families {
		known := []string{"job", "pod"}
		for _, pair := range family.GetMetric()[0].GetLabel() {
			known = append(known, pair.GetName())
		}
		if family.GetMetric()[0].GetHistogram() != nil {
			name, known = name+"_bucket", append(known, "le")
		}
		all[name] = known
	}
	return all
}

func TestExpressions(t *testing.T) {
	known := provided(t)
	objects, err := manifests.Objects(nil, manifests.Options{Image: "x", Certs: manifests.SelfSigned, Monitoring: true})
	require.NoError(t, err)
	expressions := append(alerts(t, find(t, objects, "PrometheusRule")), panels(t, find(t, objects, "ConfigMap"))...)
	require.Greater(t, len(expressions), 20)
	used := map[string]bool{}
	for _, text := range expressions {
		check(t, text, known, used)
	}
	for name := range known {
		if strings.HasPrefix(name, "flare_") {
			require.True(t, used[name], "nothing shows %s", name)
		}
	}
	// A misspelled name is found.
	_, err = parser.ParseExpr("sum by (x")
	require.Error(t, err)
}

// check parses an expression and looks up its metrics, and the labels that it chooses them by or
// adds them up by.
func check(t *testing.T, text string, known map[string][]string, used map[string]bool) {
	t.Helper()
	expression, err := parser.ParseExpr(strings.NewReplacer("$__rate_interval", "5m", "$policy", "p").Replace(text))
	require.NoError(t, err, text)
	var names []string
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if s, ok := node.(*parser.VectorSelector); ok {
			require.Contains(t, known, s.Name, text)
			used[s.Name], names = true, append(names, s.Name)
			for _, m := range s.LabelMatchers {
				require.True(t, m.Name == labels.MetricName || slices.Contains(known[s.Name], m.Name), "%s: %s", text, m.Name)
			}
		}
		return nil
	})
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if a, ok := node.(*parser.AggregateExpr); ok {
			for _, label := range a.Grouping {
				require.Contains(t, known[names[0]], label, text)
			}
		}
		return nil
	})
}

func find(t *testing.T, objects []*unstructured.Unstructured, kind string) *unstructured.Unstructured {
	t.Helper()
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind })
	require.GreaterOrEqual(t, i, 0, kind)
	return objects[i]
}

func alerts(t *testing.T, rules *unstructured.Unstructured) []string {
	t.Helper()
	var spec struct {
		Spec struct {
			Groups []struct {
				Rules []struct{ Expr string }
			}
		}
	}
	convert(t, rules.Object, &spec)
	var all []string
	for _, rule := range spec.Spec.Groups[0].Rules {
		all = append(all, rule.Expr)
	}
	return all
}

func panels(t *testing.T, dashboard *unstructured.Unstructured) []string {
	t.Helper()
	text, _, err := unstructured.NestedString(dashboard.Object, "data", "flare-webhook.json")
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &board))
	var all []string
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all = append(all, target.Expr)
		}
	}
	return all
}

func convert(t *testing.T, from, into any) {
	t.Helper()
	data, err := json.Marshal(from)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into))
}
