package plugin_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

func TestExitCode(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		code int
		text string
	}{
		"success":             {nil, 0, ""},
		"an error":            {errors.New("no"), 1, "error: no\n"},
		"a code alone":        {&output.ExitError{Code: 1}, 1, ""},
		"an error and a code": {&output.ExitError{Code: 2, Err: errors.New("no")}, 2, "error: no\n"},
		"with more around it": {fmt.Errorf("site-1: %w", &output.ExitError{Code: 2, Err: errors.New("no")}), 2, "error: site-1: no\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			assert.Equal(t, tc.code, plugin.ExitCode(&out, tc.err))
			assert.Equal(t, tc.text, out.String())
		})
	}
}
