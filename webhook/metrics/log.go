package metrics

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// How many denials are logged: their number is for users to choose. Each is in the API
// server's audit log and is counted.
const (
	denialsPerSecond = 2
	denialsBurst     = 50
)

// Denied implements handlers.Observer.
func (m *Metrics) Denied(d handlers.Denial) {
	if !m.denials.Allow() {
		m.unlogged.Add(1)
		return
	}
	m.log.Info("denied", "handler", d.Handler, "policy", d.Policy, "user", d.User, "operation", d.Operation, "namespace", d.Namespace,
		"resource", d.Resource, "name", d.Name, "subresource", d.Subresource, "message", d.Message, "notLoggedBefore", m.unlogged.Swap(0))
}

// BreakGlass implements handlers.Observer. Every use is logged.
func (m *Metrics) BreakGlass(use handlers.BreakGlassUse) {
	m.breakGlass.WithLabelValues(use.Policy, use.Subresource).Inc()
	m.log.Info("break-glass", "policy", use.Policy, "user", use.User, "namespace", use.Namespace, "resource", use.Resource,
		"name", use.Name, "subresource", use.Subresource, "reason", use.Reason, "until", use.Until.UTC().Format(time.RFC3339))
}
