package verify_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/verify"
	"github.com/kubectl-flare/kubectl-flare/policies/startupkit"
	"github.com/kubectl-flare/kubectl-flare/policies/startupkit/kittest"
)

// scene is a kit on a volume and its verifier.
type scene struct {
	verify.Options
	kit *startupkit.Kit
}

func newScene(t *testing.T) *scene {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	made := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release"))
	kit := made.Read()
	s := &scene{kit: kit, Options: verify.Options{Digest: kit.Digest(), From: made.WriteDir(t), Seal: t.TempDir(), To: t.TempDir()}}
	require.NoError(t, os.WriteFile(filepath.Join(s.Seal, startupkit.SealFile), kit.Seal.Envelope, 0o400))
	return s
}

// raw is a file on the volume.
func (s *scene) raw(name string) string { return filepath.Join(s.From, "startup", name) }

func (s *scene) copied(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(s.To)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestGood(t *testing.T) {
	s := newScene(t)
	// What an earlier run of the container left.
	require.NoError(t, os.WriteFile(filepath.Join(s.To, "client.key"), []byte("old"), 0o400))
	require.NoError(t, os.Mkdir(filepath.Join(s.To, "folder"), 0o700))
	for range 2 {
		var out bytes.Buffer
		require.NoError(t, verify.Run(s.Options, &out))
		assert.Contains(t, out.String(), s.Digest)
		assert.Equal(t, s.kit.FileNames(), s.copied(t))
		for _, f := range s.kit.Startup {
			data, err := os.ReadFile(filepath.Join(s.To, f.Name))
			require.NoError(t, err)
			assert.Equal(t, f.Data, data, f.Name)
			info, err := os.Stat(filepath.Join(s.To, f.Name))
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o440), info.Mode().Perm(), f.Name)
		}
	}
}

func TestRefused(t *testing.T) {
	remove := func(t *testing.T, path string) { t.Helper(); require.NoError(t, os.Remove(path)) }
	write := func(t *testing.T, path, text string) {
		t.Helper()
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	for name, tc := range map[string]struct {
		change func(*testing.T, *scene)
		want   string
	}{
		"one byte": {func(t *testing.T, s *scene) {
			data, err := os.ReadFile(s.raw("client.key"))
			require.NoError(t, err)
			data[len(data)/2] ^= 1
			require.NoError(t, os.WriteFile(s.raw("client.key"), data, 0o600))
		}, "startup/client.key: changed since it was sealed"},
		"missing":    {func(t *testing.T, s *scene) { remove(t, s.raw("rootCA.pem")) }, "startup/rootCA.pem: missing"},
		"more":       {func(t *testing.T, s *scene) { write(t, s.raw("more__resources.json"), "{}") }, "startup/more__resources.json: not in the seal"},
		"a bad name": {func(t *testing.T, s *scene) { write(t, s.raw("a b"), "") }, "a name that a Secret cannot hold"},
		"a folder":   {func(t *testing.T, s *scene) { require.NoError(t, os.Mkdir(s.raw("x"), 0o700)) }, `"x" is not a plain file`},
		"a link": {func(t *testing.T, s *scene) {
			remove(t, s.raw("client.key"))
			require.NoError(t, os.Symlink("/etc/passwd", s.raw("client.key")))
		}, `"client.key" is not a plain file`},
		"a pipe": {func(t *testing.T, s *scene) {
			remove(t, s.raw("client.key"))
			require.NoError(t, syscall.Mkfifo(s.raw("client.key"), 0o600))
		}, `"client.key" is not a plain file`},
		"too large": {func(t *testing.T, s *scene) {
			require.NoError(t, os.Truncate(s.raw("client.key"), startupkit.MaxStartupFile+1))
		}, "client.key: too large"},
		"too many": {func(t *testing.T, s *scene) {
			for i := range startupkit.MaxFiles {
				write(t, s.raw("x"+strings.Repeat("y", i%250)+string(rune('a'+i/250))), "")
			}
		}, "more than 256 files"},
		"no kit":  {func(t *testing.T, s *scene) { require.NoError(t, os.RemoveAll(filepath.Join(s.From, "startup"))) }, "no such file"},
		"no seal": {func(t *testing.T, s *scene) { remove(t, filepath.Join(s.Seal, startupkit.SealFile)) }, "--seal: "},
		"a broken seal": {func(t *testing.T, s *scene) {
			s.Seal = t.TempDir()
			write(t, filepath.Join(s.Seal, startupkit.SealFile), "{}")
		}, "the seal is unusable"},
		"another kit":   {func(t *testing.T, s *scene) { s.Digest = strings.Repeat("0", 64) }, "not of 0000"},
		"another kit's": {func(t *testing.T, s *scene) { s.Seal = newScene(t).Seal }, "the seal is of the kit"},
		"no digest":     {func(t *testing.T, s *scene) { s.Digest = "" }, `--digest ""`},
		"no place":      {func(t *testing.T, s *scene) { s.To = filepath.Join(s.To, "none") }, "--to: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			tc.change(t, s)
			var out bytes.Buffer
			err := verify.Run(s.Options, &out)
			require.ErrorContains(t, err, tc.want)
			assert.NotContains(t, err.Error()+out.String(), "PRIVATE KEY")
			assert.Empty(t, out.String())
			if name != "no place" {
				assert.Empty(t, s.copied(t))
			}
		})
	}
}
