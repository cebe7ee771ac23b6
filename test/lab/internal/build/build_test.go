//go:build linux

package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKubernetesIsWhatItsModuleRequires(t *testing.T) {
	modules, err := Modules()
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(modules, "kubernetes", "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(file), "k8s.io/kubernetes v"+Kubernetes+"\n")
}

// TestCached: whatever a binary is made of changes where it is cached.
func TestCached(t *testing.T) {
	modules := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(modules, "m"), 0o755))
	source := filepath.Join(modules, "m", "main.go")
	require.NoError(t, os.WriteFile(source, []byte("package main"), 0o644))
	base := Binary{Name: "b", Module: "m", Package: "."}
	cached := func(b Binary) string {
		path, err := b.Cached(modules)
		require.NoError(t, err)
		return path
	}
	first := cached(base)
	require.Equal(t, first, cached(base))
	tagged := base
	tagged.Tags = "seccomp"
	require.NotEqual(t, first, cached(tagged))
	require.NoError(t, os.WriteFile(source, []byte("package main // changed"), 0o644))
	require.NotEqual(t, first, cached(base))
}
