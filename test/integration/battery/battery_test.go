//go:build integration

// Package battery puts the battery's cases through the third door: a real API
// server with the real webhook, registered as the manifests say. No controller
// runs and no pod, so what would need one is made before the webhook is
// registered: worlds that could not come to be under it, and pods to update.
package battery

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

func TestAPIServer(t *testing.T) {
	cases := battery.Cases(t)
	s := start(t)
	s.prepare(cases)
	s.register()
	s.waitFor(cases)
	battery.Run(t, battery.Options{Cases: cases, Submit: s.submit, Like: battery.Evaluator, Skip: skip})
}

func skip(c *battery.Case) string { return c.Elsewhere }
