package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArguments(t *testing.T) {
	for want, args := range map[string][]string{
		"verify or receive":          {},
		`unknown command "ls"`:       {"ls"},
		"unknown flag: --from":       {"receive", "--from=/x"},
		`unexpected argument "/etc"`: {"verify", "/etc"},
		"--digest":                   {"verify", "--to=/nope"},
		`--digest "1"`:               {"receive", "--digest=1", "--to=/nope"},
	} {
		require.ErrorContains(t, run(t.Context(), args, strings.NewReader(""), &bytes.Buffer{}), want)
	}
}

// The program runs next to keys and has to be small: no Kubernetes libraries, 15 MB at most.
func TestSmall(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "flare-kit")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	info, err := os.Stat(binary)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(15_000_000))
	deps, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	require.NotContains(t, string(deps), "k8s.io/")
}
