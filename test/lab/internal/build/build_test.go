//go:build linux

package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKubernetesIsWhatTheModuleRequires(t *testing.T) {
	modules, err := Modules()
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(modules, "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(file), "k8s.io/kubernetes v"+Kubernetes+"\n")
}

// TestCached: whatever a binary is made of changes where it is cached.
func TestCached(t *testing.T) {
	modules := t.TempDir()
	write := func(file, content string) {
		path := filepath.Join(modules, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	write("go.mod", "module m")
	write("b/main.go", "package main")
	write("other/main.go", "package main")
	base := Binary{Name: "b", Package: "./b"}
	required := Binary{Name: "r", Package: "example.com/r"}
	cached := func(b Binary) string {
		path, err := b.Cached(modules)
		require.NoError(t, err)
		return path
	}
	first, firstRequired := cached(base), cached(required)
	write("other/main.go", "package main // changed")
	require.Equal(t, first, cached(base))
	require.Equal(t, firstRequired, cached(required))

	tagged := base
	tagged.Tags = "seccomp"
	require.NotEqual(t, first, cached(tagged))
	write("b/main.go", "package main // changed")
	require.NotEqual(t, first, cached(base))
	require.Equal(t, firstRequired, cached(required))
	write("go.mod", "module m // changed")
	require.NotEqual(t, firstRequired, cached(required))
}
