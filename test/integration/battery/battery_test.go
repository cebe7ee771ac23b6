//go:build integration

// Package battery puts the battery's cases to the third endpoint: a real API
// server with the real webhook, registered as the manifests say. No controller
// runs and no pod, so what would need one is made before the webhook is
// registered: worlds that could not come to be under it, and pods to update.
package battery

import (
	"slices"
	"testing"

	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

func TestAPIServer(t *testing.T) {
	cases := battery.Cases(t)
	s := start(t)
	s.prepare(cases)
	s.register()
	s.waitForWebhook()
	battery.Run(t, battery.Options{Cases: cases, Submit: s.submit, Like: battery.Evaluator, Skip: skip})

	// The static policies stand before the webhook and know less: what the
	// evaluator allows, they must allow too.
	s.applyPolicies()
	s.waitForPolicies()
	t.Run("static policies", func(t *testing.T) {
		battery.Run(t, battery.Options{Cases: slices.DeleteFunc(cases, refused), Submit: s.submit, Skip: stricter})
	})
}

func skip(c *battery.Case) string { return c.Elsewhere }

func refused(c *battery.Case) bool { return c.Want.Verdict != battery.Allowed }

// stricter leaves out what the static policies deny on purpose.
func stricter(c *battery.Case) string {
	if c.Static != "" {
		return c.Static
	}
	return c.Elsewhere
}
