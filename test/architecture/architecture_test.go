package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func TestThePictureIsFresh(t *testing.T) {
	text, err := os.ReadFile(root + "/" + page)
	require.NoError(t, err)
	want, err := redraw(t.Context(), root, text)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(text), "run `make docs`")
}

func TestRedrawNeedsItsComments(t *testing.T) {
	_, err := redraw(t.Context(), root, []byte("# A page\n"))
	assert.ErrorContains(t, err, "comments that enclose the picture are missing")
}

func TestRoom(t *testing.T) {
	for pkg, want := range map[string]string{
		module + "plugin":                       "plugin/plugin",
		module + "plugin/kit":                   "plugin/kit",
		module + "policies/kit/seal":            "policies/kit",
		module + "cmd/flare-kit/internal/check": "cmd/flare-kit",
		module + "plugin/clients/clientstest":   "",
		module + "policies/frameworks/toy":      "",
		"k8s.io/api/core/v1":                    "",
	} {
		got, ok := room(pkg)
		assert.Equal(t, want, got, pkg)
		assert.Equal(t, want != "", ok, pkg)
	}
}

func TestReduceKeepsWhatNothingImplies(t *testing.T) {
	imports := graph{
		"cmd/a":      {"plugin/b": true, "policies/c": true, "policies/d": true},
		"plugin/b":   {"policies/c": true},
		"policies/c": {},
		"policies/d": {},
	}
	assert.Equal(t, graph{
		"cmd/a":      {"plugin/b": true, "policies/d": true},
		"plugin/b":   {"policies/c": true},
		"policies/c": {},
		"policies/d": {},
	}, reduce(imports))
}

func TestDraw(t *testing.T) {
	want := "```mermaid\nflowchart TD\n" +
		"  subgraph cmd\n    cmd_flare_kit[\"flare-kit\"]\n  end\n" +
		"  subgraph plugin\n  end\n  subgraph webhook\n  end\n  subgraph manifests\n  end\n" +
		"  subgraph policies\n    policies_kit[\"kit\"]\n    policies_policies[\"policies\"]\n  end\n" +
		"  cmd_flare_kit --> policies_kit\n  policies_policies --> policies_kit\n```\n"
	assert.Equal(t, want, draw(graph{
		"cmd/flare-kit":     {"policies/kit": true},
		"policies/policies": {"policies/kit": true},
		"policies/kit":      {},
	}))
}
