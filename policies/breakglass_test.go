package policies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// Break-glass is open until its end, for as long as both annotations are valid.
func TestBreakGlassIsOpen(t *testing.T) {
	now := policiestest.Now
	for name, tc := range map[string]struct {
		until, reason string
		open          bool
	}{
		"open":          {now.Add(time.Second).Format(time.RFC3339), "why", true},
		"another zone":  {now.Add(time.Hour).In(time.FixedZone("x", 7200)).Format(time.RFC3339), "why", true},
		"at the end":    {now.Format(time.RFC3339), "why", false},
		"no end":        {"", "why", false},
		"a word":        {"later", "why", false},
		"no reason":     {now.Add(time.Hour).Format(time.RFC3339), "", false},
		"a blank":       {now.Add(time.Hour).Format(time.RFC3339), " ", false},
		"a long reason": {now.Add(time.Hour).Format(time.RFC3339), strings.Repeat("x", 257), false},
		"a line break":  {now.Add(time.Hour).Format(time.RFC3339), "a\nb", false},
	} {
		p := policiestest.Policy(t)
		p.Annotations = map[string]string{names.AnnotationBreakGlassUntil: tc.until, names.AnnotationBreakGlassReason: tc.reason}
		opened, open := policiestest.Compile(t, p).BreakGlass(now)
		require.Equal(t, tc.open, open, name)
		if open {
			require.Equal(t, tc.reason, opened.Reason)
		}
	}
	var none *policies.Policy
	_, open := none.BreakGlass(now)
	require.False(t, open)
	_, open = policiestest.Compile(t, policiestest.Policy(t)).BreakGlass(now)
	require.False(t, open)
}

// The verb alone opens nothing, and what it opened is recorded.
func TestBreakGlassIsAnAct(t *testing.T) {
	s := newScene(t, "client")
	s.a.Operation, s.a.Subresource, s.a.Resource.Resource, s.a.Name = policies.Connect, "exec", "pods", "client-0"
	s.facts.Targets, s.facts.BreakGlass = append(s.facts.Targets, s.pod()), true
	d := s.evaluate(t)
	require.True(t, d.Allowed, d.Message())
	require.Equal(t, []string{"SitePolicy hospital-a: break-glass is open until 2026-11-23T13:00:00Z (the client hangs): this access is recorded"}, d.Warnings)
	require.Contains(t, d.AuditAnnotations[policies.AuditBreakGlass], "client-0 until 2026-11-23T13:00:00Z: the client hangs")
	s.facts.Now = s.facts.Now.Add(2 * time.Hour)
	d = s.evaluate(t)
	require.False(t, d.Allowed)
	require.Contains(t, d.Message(), "kubectl flare site break-glass fl-site-2 --reason TEXT --for 1h")
	require.Empty(t, d.AuditAnnotations[policies.AuditBreakGlass])
}
