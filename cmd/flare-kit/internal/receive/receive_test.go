package receive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/receive"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func newKit(t testing.TB) *kit.Kit {
	t.Helper()
	return kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").Read()
}

type entry struct {
	header tar.Header
	data   []byte
}

func entries(k *kit.Kit) []entry {
	var list []entry
	for _, f := range k.Startup {
		list = append(list, entry{tar.Header{Typeflag: tar.TypeReg, Name: "startup/" + f.Name, Mode: 0o777, Size: int64(len(f.Data))}, f.Data})
	}
	return list
}

func archive(t testing.TB, list []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range list {
		require.NoError(t, w.WriteHeader(&e.header))
		_, err := w.Write(e.data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// volume is a claim with a place for the kit.
func volume(t testing.TB, k *kit.Kit) (root string, o receive.Options) {
	t.Helper()
	root = t.TempDir()
	return root, receive.Options{Digest: k.Digest(), To: filepath.Join(root, "site-1", k.Digest()[:32])}
}

func files(t testing.TB, o receive.Options) map[string]string {
	t.Helper()
	found := map[string]string{}
	list, err := os.ReadDir(filepath.Join(o.To, "startup"))
	require.NoError(t, err)
	for _, e := range list {
		data, err := os.ReadFile(filepath.Join(o.To, "startup", e.Name()))
		require.NoError(t, err)
		found[e.Name()] = string(data)
	}
	return found
}

func whole(t testing.TB, k *kit.Kit, root string, o receive.Options) {
	t.Helper()
	got := files(t, o)
	assert.Len(t, got, len(k.Startup))
	for _, f := range k.Startup {
		assert.Equal(t, string(f.Data), got[f.Name], f.Name)
	}
	left, err := filepath.Glob(filepath.Join(root, "*", ".*"))
	require.NoError(t, err)
	assert.Empty(t, left, "something is left beside the kit")
}

func TestReceive(t *testing.T) {
	k := newKit(t)
	root, o := volume(t, k)
	stream := archive(t, entries(k))
	for _, want := range []string{"received", "unchanged"} {
		var out bytes.Buffer
		require.NoError(t, receive.Run(t.Context(), o, bytes.NewReader(stream), &out))
		assert.Contains(t, out.String(), want)
		whole(t, k, root, o)
	}
	key := filepath.Join(o.To, "startup", "client.key")
	info, err := os.Stat(key)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o440), info.Mode().Perm())
	// A changed kit is replaced.
	require.NoError(t, os.Chmod(key, 0o600))
	require.NoError(t, os.WriteFile(key, []byte("evil"), 0o600))
	var out bytes.Buffer
	require.NoError(t, receive.Run(t.Context(), o, bytes.NewReader(stream), &out))
	assert.Contains(t, out.String(), "received")
	whole(t, k, root, o)
}

func TestSweep(t *testing.T) {
	k := newKit(t)
	root, o := volume(t, k)
	old, young := filepath.Join(root, "site-1", ".incoming-old"), filepath.Join(root, "site-1", ".incoming-young")
	for _, dir := range []string{old, young} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "startup"), 0o700))
	}
	before := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(old, before, before))
	require.NoError(t, receive.Run(t.Context(), o, bytes.NewReader(archive(t, entries(k))), io.Discard))
	assert.NoDirExists(t, old)
	assert.DirExists(t, young)
}

func TestRejected(t *testing.T) {
	k := newKit(t)
	named := func(name string, kind byte) []entry {
		e := entry{header: tar.Header{Typeflag: kind, Name: name, Linkname: "/etc/passwd"}}
		return append(entries(k), e)
	}
	good := archive(t, entries(k))
	huge := &bytes.Buffer{}
	w := tar.NewWriter(huge)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "startup/huge", Size: kit.MaxStartupFile + 512}))
	many := entries(k)[:1]
	for i := range kit.MaxFiles {
		many = append(many, entry{header: tar.Header{Typeflag: tar.TypeReg, Name: "startup/x" + strings.Repeat("y", i%200) + string(rune('a'+i/200))}})
	}
	for name, tc := range map[string]struct {
		in   io.Reader
		want string
	}{
		"nothing":         {strings.NewReader(""), "the input is the kit"},
		"no archive":      {strings.NewReader(strings.Repeat("x", 2000)), "the input is not a kit"},
		"cut off":         {bytes.NewReader(good[:len(good)/2]), ""},
		"cut to a file":   {bytes.NewReader(good[:1024]), ""},
		"one less":        {bytes.NewReader(archive(t, entries(k)[1:])), "the input is the kit"},
		"a file twice":    {bytes.NewReader(archive(t, append(entries(k), entries(k)[0]))), "the kit contains the file twice"},
		"another folder":  {bytes.NewReader(archive(t, named("local/x", tar.TypeReg))), "is not a regular file of startup/"},
		"up":              {bytes.NewReader(archive(t, named("startup/../x", tar.TypeReg))), "which is not a valid key of a Secret"},
		"up, first":       {bytes.NewReader(archive(t, named("../startup/x", tar.TypeReg))), "is not a regular file of startup/"},
		"absolute":        {bytes.NewReader(archive(t, named("/startup/x", tar.TypeReg))), "is not a regular file of startup/"},
		"a folder below":  {bytes.NewReader(archive(t, named("startup/a/b", tar.TypeReg))), "which is not a valid key of a Secret"},
		"a folder":        {bytes.NewReader(archive(t, named("startup/a", tar.TypeDir))), "is not a regular file of startup/"},
		"a link":          {bytes.NewReader(archive(t, named("startup/a", tar.TypeSymlink))), "is not a regular file of startup/"},
		"a hard link":     {bytes.NewReader(archive(t, named("startup/a", tar.TypeLink))), "is not a regular file of startup/"},
		"a huge file":     {io.MultiReader(huge, io.LimitReader(zeros{}, kit.MaxStartupFile+512)), "too large"},
		"too many":        {bytes.NewReader(archive(t, many)), "more than 256 files"},
		"a stop half-way": {io.MultiReader(bytes.NewReader(good[:2000]), never{}), "interrupted before"},
	} {
		t.Run(name, func(t *testing.T) {
			root, o := volume(t, k)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if name == "a stop half-way" {
				ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
			}
			defer cancel()
			var out bytes.Buffer
			err := receive.Run(ctx, o, tc.in, &out)
			require.ErrorContains(t, err, tc.want)
			assert.NotContains(t, err.Error()+out.String(), "PRIVATE KEY")
			left, err := filepath.Glob(filepath.Join(root, "site-1", "*"))
			require.NoError(t, err)
			hidden, err := filepath.Glob(filepath.Join(root, "site-1", ".*"))
			require.NoError(t, err)
			assert.Empty(t, append(left, hidden...))
		})
	}
	_, o := volume(t, k)
	for want, bad := range map[string]receive.Options{
		"--digest": {Digest: "x", To: o.To}, "--to": {Digest: o.Digest, To: "relative"}, "has elements such as": {Digest: o.Digest, To: o.To + "/.."},
	} {
		require.ErrorContains(t, receive.Run(t.Context(), bad, bytes.NewReader(good), io.Discard), want)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// never is a sender that has stopped sending.
type never struct{}

func (never) Read([]byte) (int, error) { select {} }

// Whatever is sent, only the kit itself is ever in its place.
func FuzzReceive(f *testing.F) {
	k := newKit(f)
	f.Add(archive(f, entries(k)))
	f.Add([]byte("startup/x"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		root, o := volume(t, k)
		if receive.Run(t.Context(), o, bytes.NewReader(stream), io.Discard) == nil {
			whole(t, k, root, o)
			return
		}
		if _, err := os.Stat(o.To); err == nil {
			t.Error("an error, and the kit is there")
		}
	})
}
