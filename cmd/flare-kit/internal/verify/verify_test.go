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
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// scene is a kit on a volume and its verifier.
type scene struct {
	verify.Options
	*testing.T
	kit *kit.Kit
}

func newScene(t *testing.T) *scene {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	made := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release"))
	k := made.Read()
	s := &scene{T: t, kit: k, Options: verify.Options{Digest: k.Digest(), From: made.WriteDir(t), Seal: t.TempDir(), To: t.TempDir()}}
	require.NoError(t, os.WriteFile(filepath.Join(s.Seal, kit.SealFile), k.Seal.Envelope, 0o400))
	return s
}

// raw is a file on the volume.
func (s *scene) raw(name string) string { return filepath.Join(s.From, "startup", name) }

func (s *scene) remove(path string) {
	s.Helper()
	require.NoError(s, os.Remove(path))
}

func (s *scene) write(path, text string) {
	s.Helper()
	require.NoError(s, os.WriteFile(path, []byte(text), 0o600))
}

func (s *scene) copied() []string {
	s.Helper()
	entries, err := os.ReadDir(s.To)
	require.NoError(s, err)
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
		assert.Equal(t, s.kit.FileNames(), s.copied())
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

func TestRejected(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*scene)
		want   string
	}{
		"one byte": {func(s *scene) {
			data, err := os.ReadFile(s.raw("client.key"))
			require.NoError(s, err)
			data[len(data)/2] ^= 1
			require.NoError(s, os.WriteFile(s.raw("client.key"), data, 0o600))
		}, "startup/client.key: changed since it was sealed"},
		"missing":    {func(s *scene) { s.remove(s.raw("rootCA.pem")) }, "startup/rootCA.pem: missing"},
		"more":       {func(s *scene) { s.write(s.raw("more__resources.json"), "{}") }, "startup/more__resources.json: not in the seal"},
		"a bad name": {func(s *scene) { s.write(s.raw("a b"), "") }, "which is not a valid key of a Secret"},
		"a folder":   {func(s *scene) { require.NoError(s, os.Mkdir(s.raw("x"), 0o700)) }, `"x" is not a regular file`},
		"a link": {func(s *scene) {
			s.remove(s.raw("client.key"))
			require.NoError(s, os.Symlink("/etc/passwd", s.raw("client.key")))
		}, `"client.key" is not a regular file`},
		"a pipe": {func(s *scene) {
			s.remove(s.raw("client.key"))
			require.NoError(s, syscall.Mkfifo(s.raw("client.key"), 0o600))
		}, `"client.key" is not a regular file`},
		"too large": {func(s *scene) {
			require.NoError(s, os.Truncate(s.raw("client.key"), kit.MaxStartupFile+1))
		}, "client.key: too large"},
		"too many": {func(s *scene) {
			for i := range kit.MaxFiles {
				s.write(s.raw("x"+strings.Repeat("y", i%250)+string(rune('a'+i/250))), "")
			}
		}, "more than 256 files"},
		"no kit":  {func(s *scene) { require.NoError(s, os.RemoveAll(filepath.Join(s.From, "startup"))) }, "no such file"},
		"no seal": {func(s *scene) { s.remove(filepath.Join(s.Seal, kit.SealFile)) }, "--seal: "},
		"a broken seal": {func(s *scene) {
			s.Seal = s.TempDir()
			s.write(filepath.Join(s.Seal, kit.SealFile), "{}")
		}, "the seal is invalid"},
		"another kit":   {func(s *scene) { s.Digest = strings.Repeat("0", 64) }, "not for 0000"},
		"another kit's": {func(s *scene) { s.Seal = newScene(s.T).Seal }, "the seal is for the kit"},
		"no digest":     {func(s *scene) { s.Digest = "" }, `--digest ""`},
		"no place":      {func(s *scene) { s.To = filepath.Join(s.To, "none") }, "--to: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			tc.change(s)
			var out bytes.Buffer
			err := verify.Run(s.Options, &out)
			require.ErrorContains(t, err, tc.want)
			assert.NotContains(t, err.Error()+out.String(), "PRIVATE KEY")
			assert.Empty(t, out.String())
			if name != "no place" {
				assert.Empty(t, s.copied())
			}
		})
	}
}
