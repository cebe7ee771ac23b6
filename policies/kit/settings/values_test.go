package settings_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

func TestValues(t *testing.T) {
	require.Equal(t, map[string]any{
		"one": true, "same": []string{"a"}, "several": settings.Unknown{}, "unknown": settings.Unknown{}, "then": settings.Unknown{}, "default": 1.5,
	}, settings.Values([]settings.Setting{
		{Path: "one", Value: true, File: "a"},
		{Path: "same", Value: []string{"a"}, File: "a"}, {Path: "same", Value: []string{"a"}, File: "b"},
		{Path: "several", Value: 1.0, File: "a"}, {Path: "several", Value: 2.0, File: "a"}, {Path: "several", Value: 1.0, File: "a"},
		{Path: "unknown", File: "a"}, {Path: "then", File: "a"}, {Path: "then", Value: "x", File: "a"},
		{Path: "default", Value: 1.5},
	}))
}
