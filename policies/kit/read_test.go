package kit_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestReadEveryFamilyAndRole(t *testing.T) {
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		t.Run(family, func(t *testing.T) {
			fed := kittest.NewFederation(t, "demo", kittest.WithFamily(family), kittest.WithScheme("http"),
				kittest.WithAddress("server1.fl.svc", 8102))
			endpoint := kit.Endpoint{Scheme: "http", Host: "server1.fl.svc", Port: 8102, ServerName: "server1"}

			server := fed.Server("server1", "lab", "server1.fl.svc", "10.0.0.7").Read()
			assert.Equal(t, nvflare.RoleServer, server.Role)
			assert.Equal(t, []string{"server1.fl.svc", "10.0.0.7"}, server.ServerNames)

			client := fed.Client("Site_2", "hospital_b").Read()
			assert.Equal(t, nvflare.RoleClient, client.Role)
			assert.Equal(t, "Site_2", client.Participant)
			assert.Equal(t, "hospital_b", client.Org)
			assert.Empty(t, client.ServerNames)

			admin := fed.Admin("lead@hospital-a.org", "hospital_a", "lead").Read()
			assert.Equal(t, nvflare.RoleAdmin, admin.Role)
			assert.Equal(t, "lead", nvflare.AdminRole(admin))
			assert.Contains(t, admin.Attributes, kit.Attribute{Name: "Admin Role", Value: "lead"})
			assert.Equal(t, []kit.Port{{Name: "fl", Number: 8102}}, server.Ports)

			for _, k := range []*kit.Kit{server, client, admin} {
				assert.Equal(t, family, k.Family)
				assert.Equal(t, "demo", k.Federation)
				assert.Equal(t, endpoint, k.Server)
				assert.True(t, k.Root.Equal(fed.Root))
				assert.Empty(t, k.Intermediates)
				assert.NotEmpty(t, k.Local)
			}
		})
	}
}

func TestReadAServerWithoutNames(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Server("server1", "lab").Read()
	assert.Equal(t, "server1", k.Server.Host, "its own name")
}

func TestReadFromDisk(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	got, err := registry.ReadDir(os.DirFS(k.WriteDir(t)))
	require.NoError(t, err)
	assert.Equal(t, k.Read().Digest(), got.Digest())
	assert.Equal(t, k.Read().LocalDigest(), got.LocalDigest())
}

func TestReadAPKCS8Key(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a", kittest.WithPKCS8Key())
	assert.Contains(t, string(k.File("startup/client.key")), "BEGIN PRIVATE KEY")
	assert.Equal(t, "site-1", k.Read().Participant)
}

func TestReadWithoutLocal(t *testing.T) {
	files := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").FS()
	for name := range files {
		if strings.HasPrefix(name, "local") {
			delete(files, name)
		}
	}
	k, err := registry.ReadDir(files)
	require.NoError(t, err)
	assert.NotNil(t, k.Local)
	assert.Empty(t, k.Local)
}

func TestReadRefusesOldKits(t *testing.T) {
	fed := kittest.NewFederation(t, "demo", kittest.WithFamily(nvflare.Family26))
	for _, k := range []*kittest.Kit{fed.Server("server1", "lab"), fed.Client("site-1", "a"), fed.Admin("a@b.org", "a", "lead")} {
		_, err := registry.ReadDir(k.FS())
		fieldError(t, err)
		assert.ErrorContains(t, err, "belongs to NVFLARE 2.6 or older; provision the federation with NVFLARE 2.7 or later")
	}
}

// TestReadRejectsLayout changes the folders of a valid client kit.
func TestReadRejectsLayout(t *testing.T) {
	good := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").FS()
	link := &fstest.MapFile{Data: []byte("start.sh"), Mode: fs.ModeSymlink | 0o777}
	for _, tt := range []struct {
		name    string
		breakIt func(fstest.MapFS)
		want    string
	}{
		{"nothing at all", func(m fstest.MapFS) { clear(m) }, "startup is missing: this is not a startup kit; give a folder"},
		{"the inside of startup", func(m fstest.MapFS) {
			m["fed_client.json"] = m["startup/fed_client.json"]
			remove(m, "startup/")
		}, "this is a startup folder itself; give the folder of the kit, which contains startup/"},
		{"a folder of kits", func(m fstest.MapFS) {
			m["site-1/startup/x"], m["server1/startup/x"] = m["readme.txt"], m["readme.txt"]
			remove(m, "startup/")
		}, "give one of the kits in it: server1, site-1"},
		{"many kits", func(m fstest.MapFS) {
			for i := range 9 {
				m[fmt.Sprintf("site-%d/startup/x", i)] = m["readme.txt"]
			}
			remove(m, "startup/")
		}, "site-4, …"},
		{"startup is a file", func(m fstest.MapFS) {
			remove(m, "startup/")
			m["startup"] = &fstest.MapFile{}
		}, "startup is not a folder"},
		{"startup is a link", func(m fstest.MapFS) {
			remove(m, "startup/")
			m["startup"] = &fstest.MapFile{Data: []byte("local"), Mode: fs.ModeSymlink}
		}, "startup is a symbolic link"},
		{"local is a link", func(m fstest.MapFS) {
			remove(m, "local/")
			m["local"] = &fstest.MapFile{Data: []byte("startup"), Mode: fs.ModeSymlink}
		}, "local is a symbolic link"},
		{"a link in startup", func(m fstest.MapFS) { m["startup/link"] = link }, "startup/link is a symbolic link"},
		{"a link in local", func(m fstest.MapFS) { m["local/link"] = link }, "local/link is a symbolic link"},
		{"a folder in startup", func(m fstest.MapFS) { m["startup/custom/a.py"] = &fstest.MapFile{} }, "startup/custom is a folder"},
		{"a folder in local", func(m fstest.MapFS) { m["local/custom/a.py"] = &fstest.MapFile{} }, "local/custom is a folder"},
		{"a pipe", func(m fstest.MapFS) { m["startup/pipe"] = &fstest.MapFile{Mode: fs.ModeNamedPipe} }, "startup/pipe is not a regular file"},
		{"a line break in a name", func(m fstest.MapFS) { m["startup/a\nb"] = &fstest.MapFile{} }, `startup contains "a\nb", which is not a valid key of a Secret`},
		{"two dots", func(m fstest.MapFS) { m["local/..data"] = &fstest.MapFile{} }, `local contains "..data", which is not a valid key of a Secret`},
		{"a large file in local", func(m fstest.MapFS) {
			m["local/big"] = &fstest.MapFile{Data: make([]byte, 1<<20+1)}
		}, "local/big is too large: the file may have at most 1 MiB"},
		{"a huge file in startup", func(m fstest.MapFS) {
			m["startup/client_context.tenseal"] = &fstest.MapFile{Data: make([]byte, 64<<20+1)}
		}, "startup/client_context.tenseal is too large: the file may have at most 64 MiB"},
		{"too many bytes", func(m fstest.MapFS) {
			big := &fstest.MapFile{Data: make([]byte, 64<<20)}
			m["startup/a"], m["startup/b"] = big, big
		}, "is too large: the file may have at most 64 MiB, and the kit 128 MiB"},
		{"too many files", func(m fstest.MapFS) {
			for i := range 256 {
				m[fmt.Sprintf("local/%d", i)] = &fstest.MapFile{}
			}
		}, "local has too many files: a kit may have 256"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			broken := copyFS(good)
			tt.breakIt(broken)
			_, err := registry.ReadDir(broken)
			fieldError(t, err)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// The error wraps that of the file system.
func TestReadUnreadableFile(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	_, err := registry.ReadDir(lockedFS{k.FS()})
	fieldError(t, err)
	require.ErrorIs(t, err, fs.ErrPermission)
	assert.EqualError(t, err, "startup/client.key cannot be read: permission denied; check that it exists and that you have permission to read it")
}

// os.DirFS must report a link as a link.
func TestReadLinkOnDisk(t *testing.T) {
	dir := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").WriteDir(t)
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(dir, "startup", "link")))
	_, err := registry.ReadDir(os.DirFS(dir))
	assert.ErrorContains(t, err, "startup/link is a symbolic link")
}

// lockedFS is a kit whose private key belongs to another user.
type lockedFS struct{ fstest.MapFS }

func (l lockedFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".key") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Open(name)
}

func copyFS(m fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, file := range m {
		out[name] = &fstest.MapFile{Data: append([]byte{}, file.Data...), Mode: file.Mode}
	}
	return out
}

func remove(m fstest.MapFS, prefix string) {
	for name := range m {
		if strings.HasPrefix(name, prefix) {
			delete(m, name)
		}
	}
}

// fieldError requires an error of the type for malformed kits.
func fieldError(t *testing.T, err error) *kit.FieldError {
	t.Helper()
	var field *kit.FieldError
	require.ErrorAs(t, err, &field)
	assert.NotEmpty(t, field.File)
	assert.NotEmpty(t, field.Problem)
	assert.NotEmpty(t, field.Fix)
	assert.NotContains(t, err.Error(), "\n")
	return field
}
