package job

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
)

// jobDir creates a job folder with the given name and files.
func jobDir(t *testing.T, name string, files ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.Mkdir(dir, 0o755))
	for _, file := range files {
		path := filepath.Join(dir, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("{}"), 0o600))
	}
	return dir
}

func TestOpenFolderErrors(t *testing.T) {
	linked := jobDir(t, "linked", "meta.json")
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(linked, "passwd")))
	huge := jobDir(t, "huge", "meta.json", "data.bin")
	require.NoError(t, os.Truncate(filepath.Join(huge, "data.bin"), maxJob+1))
	cases := map[string]struct{ path, want string }{
		"absent":       {"nothing", "cannot read nothing: no such file or directory; give the job's folder"},
		"a file":       {filepath.Join(jobDir(t, "job", "meta.json"), "meta.json"), "give the job's folder"},
		"without meta": {jobDir(t, "job", "app/config.json"), "is not a job folder: it has no meta.json, meta.conf, meta.yml"},
		"odd name":     {jobDir(t, "my job", "meta.json"), "rename it"},
		"with a link":  {linked, "passwd is neither a file nor a folder"},
		"enormous":     {huge, "data.bin: with this file, the job folder is larger than 1024 MiB"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := openFolder(builtin.Default(), tc.path, nil)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// TestSendUnpack: what is sent arrives.
func TestSendUnpack(t *testing.T) {
	f, err := openFolder(builtin.Default(), jobDir(t, "numpy", "meta.json", "server/config/config_fed_server.json"), nil)
	require.NoError(t, err)
	require.Equal(t, "numpy", f.name)
	var stream bytes.Buffer
	require.NoError(t, f.send(&stream))
	dir := t.TempDir()
	require.NoError(t, unpack(&stream, dir))
	for _, file := range []string{"meta.json", "server/config/config_fed_server.json"} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		require.Equal(t, "{}", string(data))
	}
}

// archive is a tar stream with one entry.
func archive(t *testing.T, header tar.Header, content string) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	header.Size = int64(len(content))
	require.NoError(t, w.WriteHeader(&header))
	_, err := io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return &out
}

// TestUnpackHostile: an FL server may send anything; nothing of it leaves the
// folder.
func TestUnpackHostile(t *testing.T) {
	cases := map[string]tar.Header{
		"a way up":           {Name: "../evil", Typeflag: tar.TypeReg, Mode: 0o600},
		"a hidden way up":    {Name: "a/../../evil", Typeflag: tar.TypeReg, Mode: 0o600},
		"an absolute path":   {Name: "/tmp/flare-evil", Typeflag: tar.TypeReg, Mode: 0o600},
		"a folder way up":    {Name: "../evil/", Typeflag: tar.TypeDir, Mode: 0o700},
		"a symbolic link":    {Name: "link", Linkname: "/etc", Typeflag: tar.TypeSymlink},
		"a hard link":        {Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeLink},
		"a device":           {Name: "device", Typeflag: tar.TypeChar},
		"a file upon a file": {Name: "there", Typeflag: tar.TypeReg, Mode: 0o600},
	}
	for name, header := range cases {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "dir")
			require.NoError(t, os.Mkdir(dir, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "there"), nil, 0o600))
			require.ErrorContains(t, unpack(archive(t, header, ""), dir), "job file")
			entries, err := os.ReadDir(parent)
			require.NoError(t, err)
			require.Len(t, entries, 1)
		})
	}
	t.Run("cut off", func(t *testing.T) {
		whole := archive(t, tar.Header{Name: "a", Typeflag: tar.TypeReg, Mode: 0o600}, "content").Bytes()
		require.Error(t, unpack(bytes.NewReader(whole[:515]), t.TempDir()))
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("not a tar"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		parent := t.TempDir()
		dir := filepath.Join(parent, "dir")
		require.NoError(t, os.Mkdir(dir, 0o755))
		_ = unpack(bytes.NewReader(stream), dir)
		entries, err := os.ReadDir(parent)
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})
}

// TestSet: values are checked by the framework that has them.
func TestSet(t *testing.T) {
	numpy := jobDir(t, "numpy", "meta.json")
	_, err := openFolder(builtin.Default(), numpy, []string{"rounds=5"})
	require.ErrorContains(t, err, "--set: jobs of NVIDIA FLARE have no values that can be set when they are submitted")
	app := jobDir(t, "fedavg", "pyproject.toml")
	require.NoError(t, os.WriteFile(filepath.Join(app, "pyproject.toml"), []byte("[project]\nname = \"a\"\nversion = \"1\"\n[tool.flwr.app]\npublisher = \"b\"\nconfig = {rounds = 3}\ncomponents = {serverapp = \"c:app\", clientapp = \"d:app\"}\n"), 0o600))
	f, err := openFolder(builtin.Default(), app, []string{"rounds=5"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"flower": "rounds = 5\n"}, f.configurations)
	_, err = openFolder(builtin.Default(), app, []string{"round=5"})
	require.ErrorContains(t, err, `--set: [tool.flwr.app.config] of pyproject.toml has no "round": it has rounds`)
}
