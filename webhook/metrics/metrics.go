// Package metrics counts what the webhook does, for Prometheus.
package metrics

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Metrics implements the Observers of the packages below webhook.
type Metrics struct {
	registry      *prometheus.Registry
	log           logr.Logger
	reviews       *prometheus.HistogramVec
	failures      *prometheus.CounterVec
	panics        *prometheus.CounterVec
	decisions     *prometheus.CounterVec
	violations    *prometheus.CounterVec
	lookUps       *prometheus.CounterVec
	verifications prometheus.Counter
	generation    *prometheus.GaugeVec
	valid         *prometheus.GaugeVec
	breakGlass    *prometheus.CounterVec
	denials       *rate.Limiter
	unlogged      atomic.Int64
}

// New makes Metrics. A panic and a policy that cannot be used go to the log too.
func New(log logr.Logger) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), log: log}
	// From a tenth of a millisecond, the time of a review without look-ups, to the
	// ten seconds after which the API server gives up.
	buckets := prometheus.ExponentialBucketsRange(0.0001, 10, 18)
	m.reviews = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "flare_webhook_review_duration_seconds", Help: "How long a review took, by handler.", Buckets: buckets,
	}, []string{"handler"})
	m.failures = counter("flare_webhook_failures_total", "Requests that could not be reviewed, by handler.", "handler")
	m.panics = counter("flare_webhook_panics_total", "Panics that were recovered, by handler.", "handler")
	m.decisions = counter("flare_webhook_decisions_total", "Verdicts, by handler, operation, policy and verdict.",
		"handler", "operation", "policy", "verdict")
	m.violations = counter("flare_webhook_violations_total", "Checks that failed, by handler, policy, check and framework of the kit.",
		"handler", "policy", "check", "framework")
	m.lookUps = counter("flare_webhook_lookups_total", "Reads from the API server, by kind of object and result (found, absent, failed).", "kind", "result")
	m.verifications = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "flare_webhook_kit_verifications_total", Help: "Kits whose certificates and seals were checked, and not remembered.",
	})
	m.generation = gauge("flare_webhook_policy_generation", "The metadata.generation of the SitePolicy that is in use, by policy.", "policy")
	m.valid = gauge("flare_webhook_policy_valid", "1 for a valid SitePolicy; 0 for one that denies everything in its namespaces.", "policy")
	m.breakGlass = counter("flare_webhook_break_glass_total", "Requests that break-glass allowed, by policy and subresource.", "policy", "subresource")
	m.denials = rate.NewLimiter(denialsPerSecond, denialsBurst)
	m.registry.MustRegister(m.breakGlass, m.reviews, m.failures, m.panics, m.decisions, m.violations, m.lookUps, m.verifications, m.generation, m.valid,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

// CertificateExpiry adds a gauge with the time at which the serving certificate
// ends; zero where there is none.
func (m *Metrics) CertificateExpiry(notAfter func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "flare_webhook_certificate_not_after_seconds", Help: "When the serving certificate ends, in Unix time.",
	}, func() float64 {
		if t := notAfter(); !t.IsZero() {
			return float64(t.Unix())
		}
		return 0
	}))
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Reviewed implements review.Observer.
func (m *Metrics) Reviewed(handler string, took time.Duration, err error) {
	m.reviews.WithLabelValues(handler).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(handler).Inc()
		m.log.Info("not reviewed", "handler", handler, "error", err.Error())
	}
}

// Panicked implements review.Observer.
func (m *Metrics) Panicked(handler string) { m.panics.WithLabelValues(handler).Inc() }

// Log implements review.Observer.
func (m *Metrics) Log(handler, message string) {
	m.log.Info("trouble", "handler", handler, "what", message)
}

// Decided implements handlers.Observer.
func (m *Metrics) Decided(handler string, operation policies.Operation, policy, verdict string) {
	m.decisions.WithLabelValues(handler, string(operation), policy, verdict).Inc()
}

// Violated implements handlers.Observer.
func (m *Metrics) Violated(handler, policy, check, framework string) {
	m.violations.WithLabelValues(handler, policy, check, framework).Inc()
}

// LookedUp implements lookups.Observer.
func (m *Metrics) LookedUp(kind string, err error) {
	result := "found"
	switch {
	case apierrors.IsNotFound(err):
		result = "absent"
	case err != nil:
		result = "failed"
	}
	m.lookUps.WithLabelValues(kind, result).Inc()
}

// Verified counts a kit whose cryptography was done.
func (m *Metrics) Verified() { m.verifications.Inc() }

// PolicyLoaded implements policycache.Observer. It logs a policy that cannot be used.
func (m *Metrics) PolicyLoaded(policy string, generation int64, invalid error) {
	m.generation.WithLabelValues(policy).Set(float64(generation))
	if invalid == nil {
		m.valid.WithLabelValues(policy).Set(1)
		return
	}
	m.valid.WithLabelValues(policy).Set(0)
	m.log.Info("SitePolicy is invalid: every request in its namespaces is denied", "policy", policy, "error", invalid.Error())
}

// PolicyGone implements policycache.Observer.
func (m *Metrics) PolicyGone(policy string) {
	m.generation.DeleteLabelValues(policy)
	m.valid.DeleteLabelValues(policy)
}
