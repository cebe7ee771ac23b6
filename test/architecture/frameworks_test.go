package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// framework matches the names of federated-learning systems and what belongs to
// one of them alone.
var framework = regexp.MustCompile(`(?i)nvflare|nvidia flare|\bfed_(server|client|admin)\b|\bflower\b|\bflwr\b|kubefate|neursafe|\b800[23]\b`)

// TestOnlyItsFoldersNameAFramework: adding a framework means to write three folders
// and a line in each registry, and to edit nothing else. Tests may name one.
func TestOnlyItsFoldersNameAFramework(t *testing.T) {
	files := os.DirFS(root)
	read := 0
	for _, floor := range floors() {
		require.NoError(t, fs.WalkDir(files, floor, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return skipDir(name, entry, err)
			}
			if !product(name) {
				return nil
			}
			text, err := fs.ReadFile(files, name)
			read++
			for number, line := range strings.Split(string(text), "\n") {
				if found := framework.FindString(line); found != "" {
					t.Errorf("%s:%d: names %q; it belongs into the folders of that framework", name, number+1, found)
				}
			}
			return err
		}))
	}
	assert.Greater(t, read, 200)
}

// skipDir leaves out test data, samples and a framework's own three folders.
func skipDir(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	own := slices.Contains([]string{"frameworks", "profiles", "workloads"}, path.Base(path.Dir(name)))
	if own || slices.Contains([]string{"testdata", "samples"}, entry.Name()) || testOnly(entry.Name()) {
		return fs.SkipDir
	}
	return nil
}

func product(name string) bool {
	switch {
	case strings.HasSuffix(name, "_test.go"), path.Base(name) == "registry.go":
		return false
	}
	return slices.Contains([]string{".go", ".yaml", ".py"}, path.Ext(name))
}
