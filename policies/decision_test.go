package policies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// A message has at most twenty violations, and the number of the others.
func TestMessagesAreBounded(t *testing.T) {
	for n, want := range map[int]struct {
		lines int
		last  string
	}{
		1:      {1, "field-0"},
		20:     {20, "field-19"},
		21:     {21, "SitePolicy p: violations not shown: 1; fix those above first"},
		10_000: {21, "SitePolicy p: violations not shown: 9980; fix those above first"},
	} {
		d := policies.Decision{Policy: "p"}
		for i := range n {
			d.Results = append(d.Results, checks.Result{Field: fmt.Sprintf("field-%d", i), Reason: "wrong", Fix: "right"})
		}
		lines := strings.Split(d.Message(), "\n")
		require.Len(t, lines, want.lines)
		require.Contains(t, lines[len(lines)-1], want.last)
	}
}
