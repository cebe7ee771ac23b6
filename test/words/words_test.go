package words_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/words"
)

// TestTheProjectsWords reads everything that people read: messages, comments and
// pages.
func TestTheProjectsWords(t *testing.T) {
	root := os.DirFS("../..")
	page, err := fs.ReadFile(root, "CONTRIBUTING.md")
	require.NoError(t, err)
	table, err := words.Table(string(page))
	require.NoError(t, err)
	read := 0
	require.NoError(t, fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return skip(entry, err)
		}
		if !isProse(name) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		read++
		for _, f := range words.Find(table, string(text)) {
			t.Errorf("%s:%d: %q: write %s", name, f.Line, f.Text, f.Write)
		}
		return err
	}))
	assert.Greater(t, read, 300, "files of the project")
}

func skip(entry fs.DirEntry, err error) error {
	if err == nil && slices.Contains([]string{".git", "bin", "dist", "testdata"}, entry.Name()) {
		return fs.SkipDir
	}
	return err
}

// isProse leaves out the two files that list the words themselves.
func isProse(name string) bool {
	if name == "CONTRIBUTING.md" || strings.HasPrefix(name, "test/words/") {
		return false
	}
	return slices.Contains([]string{".go", ".md", ".yaml", ".py"}, path.Ext(name)) || path.Base(name) == "Makefile"
}

func TestTable(t *testing.T) {
	const page = "# A page\n\n## Words\n\n| avoid | write |\n|---|---|\n| `no good\\|bad` | invalid |\n\n## More\n\n| `else` | nothing |\n"
	table, err := words.Table(page)
	require.NoError(t, err)
	require.Len(t, table, 1)
	assert.Equal(t, "invalid", table[0].Write)
	assert.Equal(t, []words.Finding{{Line: 2, Text: "No good", Write: "invalid"}, {Line: 3, Text: "bad", Write: "invalid"}},
		words.Find(table, "all well\nNo good at all\na bad key\n"))
}

func TestTableErrors(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"no section":  {"# A page\n", "no section"},
		"no table":    {"# A page\n\n## Words\n\nNone.\n", "no table"},
		"not a regex": {"# A page\n\n## Words\n\n| `(` | nothing |\n", "missing closing )"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := words.Table(c.page)
			assert.ErrorContains(t, err, c.want)
		})
	}
}
