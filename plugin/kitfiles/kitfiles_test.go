package kitfiles_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/kitfiles"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func content(t *testing.T, text string) *kit.Content {
	t.Helper()
	c, err := kit.NewContent(
		kit.Files{{Name: "a.json", Data: []byte(text), Mode: 0o644}, {Name: "a.key", Data: []byte("secret"), Mode: 0o600}},
		kit.Files{{Name: "settings", Data: []byte("as provisioned"), Mode: 0o644}})
	require.NoError(t, err)
	return c
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kits", "site-1")
	write := func(text string, want kitfiles.Status) {
		t.Helper()
		planned, err := kitfiles.Compare(dir, content(t, text))
		require.NoError(t, err)
		status, err := kitfiles.Write(dir, content(t, text))
		require.NoError(t, err)
		assert.Equal(t, []kitfiles.Status{want, want}, []kitfiles.Status{planned, status})
	}
	write("one", kitfiles.Created)
	write("one", kitfiles.Unchanged)
	settings := filepath.Join(dir, "local", "settings")
	require.NoError(t, os.WriteFile(settings, []byte("the site's"), 0o600))
	write("two", kitfiles.Updated)
	data, err := os.ReadFile(settings)
	require.NoError(t, err)
	assert.Equal(t, "the site's", string(data), "local/ is the site's")
	data, err = os.ReadFile(filepath.Join(dir, "startup", "a.json"))
	require.NoError(t, err)
	assert.Equal(t, "two", string(data))
	var all []string
	require.NoError(t, filepath.WalkDir(filepath.Dir(dir), func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		if entry.IsDir() {
			assert.Equal(t, fs.FileMode(0o700), info.Mode().Perm(), path)
		}
		all = append(all, entry.Name())
		return nil
	}))
	assert.Equal(t, []string{"kits", "site-1", "local", "settings", "startup", "a.json", "a.key"}, all, "nothing is left over")
	info, err := os.Stat(filepath.Join(dir, "startup", "a.key"))
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

// What is not a kit stays as it is.
func TestWriteRejects(t *testing.T) {
	dir := t.TempDir()
	_, err := kitfiles.Write(dir, content(t, "one"))
	require.ErrorContains(t, err, "startup is missing")
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, at := range []string{file, filepath.Join(file, "kit")} {
		_, err = kitfiles.Write(at, content(t, "one"))
		require.ErrorContains(t, err, "not a directory")
	}
}
