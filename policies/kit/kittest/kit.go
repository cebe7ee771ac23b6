package kittest

import (
	"crypto/rsa"
	"crypto/x509"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Kit is a startup kit in memory. Its methods change it in place and return it, so that a
// test can change a valid kit in one line.
type Kit struct {
	// Certificate is the participant's certificate.
	Certificate *x509.Certificate

	t          testing.TB
	federation *Federation
	key        *rsa.PrivateKey
	files      map[string]file
}

type file struct {
	data []byte
	mode fs.FileMode
}

// Of is a kit of any framework, which tests can change and seal like those of this package.
func Of(t testing.TB, content *kit.Content) *Kit {
	t.Helper()
	k := &Kit{t: t, files: map[string]file{}}
	for folder, files := range map[string]kit.Files{kit.StartupDir: content.Startup, kit.LocalDir: content.Local} {
		for _, f := range files {
			k.files[folder+"/"+f.Name] = file{data: f.Data, mode: f.Mode}
		}
	}
	k.Certificate = k.Read().Certificate
	return k
}

// FS returns the kit as a file system, which is a copy.
func (k *Kit) FS() fstest.MapFS {
	out := fstest.MapFS{"transfer": &fstest.MapFile{Mode: fs.ModeDir | 0o755}}
	for name, f := range k.files {
		out[name] = &fstest.MapFile{Data: slices.Clone(f.data), Mode: f.mode}
	}
	return out
}

// WriteDir writes the kit to a temporary folder and returns its path.
func (k *Kit) WriteDir(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(k.files)) {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, k.files[name].data, k.files[name].mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "transfer"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// WriteContent writes the files of any framework's kit to a temporary folder and returns its path.
func WriteContent(t testing.TB, content *kit.Content) string {
	t.Helper()
	root := t.TempDir()
	for folder, files := range map[string]kit.Files{kit.StartupDir: content.Startup, kit.LocalDir: content.Local} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(root, folder, f.Name), f.Data, f.Mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

// Read reads the kit as the product does.
func (k *Kit) Read() *kit.Kit {
	k.t.Helper()
	one, err := frameworks.Default().ReadDir(k.FS())
	if err != nil {
		k.t.Fatalf("read the kit: %v", err)
	}
	return one
}

// File returns the content of a file, by its path such as startup/client.crt.
func (k *Kit) File(path string) []byte {
	k.t.Helper()
	f, ok := k.files[path]
	if !ok {
		k.t.Fatalf("the kit has no %s", path)
	}
	return slices.Clone(f.data)
}

// With adds or replaces a file. It does not sign the kit again.
func (k *Kit) With(path string, content []byte) *Kit {
	mode := fs.FileMode(0o644)
	if old, ok := k.files[path]; ok {
		mode = old.mode
	}
	k.files[path] = file{data: slices.Clone(content), mode: mode}
	return k
}

// WithMode changes a file's mode.
func (k *Kit) WithMode(path string, mode fs.FileMode) *Kit {
	k.t.Helper()
	k.files[path] = file{data: k.File(path), mode: mode}
	return k
}

// Without removes files.
func (k *Kit) Without(paths ...string) *Kit {
	for _, path := range paths {
		delete(k.files, path)
	}
	return k
}
