package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testName    = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w*`)
	declared    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Z]\w*)\(`)
	batteryFile = regexp.MustCompile(`\b[a-z]+\.yaml\b`)
)

// TestDocsNameTestsThatExist reads the documents that say which test shows what.
func TestDocsNameTestsThatExist(t *testing.T) {
	known := tests(t)
	for _, document := range []string{"docs/apiserver.md", "docs/threat-model.md"} {
		text, err := os.ReadFile(filepath.Join(root, document))
		require.NoError(t, err)
		found := testName.FindAllString(string(text), -1)
		assert.NotEmpty(t, found, document)
		for _, name := range found {
			assert.True(t, known[name], "%s names %s, which does not exist", document, name)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/threat-model.md"))
	require.NoError(t, err)
	for _, name := range batteryFile.FindAllString(string(text), -1) {
		assert.FileExists(t, filepath.Join(root, "test/battery/testdata/cases", name))
	}
}

// tests are the names of all tests, fuzz targets and benchmarks, whatever their build tags.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range declared.FindAllStringSubmatch(string(text), -1) {
			known[match[1]] = true
		}
		return err
	}))
	return known
}
