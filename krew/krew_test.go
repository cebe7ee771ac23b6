package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestManifest(t *testing.T) {
	var archives []Archive
	for i, p := range platforms() {
		archives = append(archives, Archive{Platform: p, Name: "flare_v0.1.0_" + p.OS + "_" + p.Arch + ".tar.gz", SHA256: strings.Repeat(string("0123456789"[i]), 64)})
	}
	got, err := manifest("v0.1.0", archives)
	require.NoError(t, err)
	file := filepath.Join("testdata", "flare.yaml")
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// TestReviewersRules are those that krew's own check, which the end-to-end tests
// run, leaves to the index's reviewers: krew-index, "Plugin submission".
func TestReviewersRules(t *testing.T) {
	got, err := manifest("v0.1.0", []Archive{{}})
	require.NoError(t, err)
	var m struct {
		Spec struct{ ShortDescription, Description string }
	}
	require.NoError(t, yaml.Unmarshal(got, &m))
	require.NotEmpty(t, m.Spec.ShortDescription)
	require.LessOrEqual(t, len(m.Spec.ShortDescription), 50)
	require.NotContains(t, strings.ToLower(m.Spec.ShortDescription), "kubectl")
	for line := range strings.Lines(m.Spec.Description) {
		require.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), 80)
	}
}

func TestCheckVersion(t *testing.T) {
	for _, good := range []string{"v0.1.0", "v1.2.3-rc.1"} {
		require.NoError(t, checkVersion(good))
	}
	for _, bad := range []string{"", "0.1.0", "v0.1", "vv0.1.0", "v1", "v0.1.0 x"} {
		require.ErrorContains(t, checkVersion(bad), "such as v0.1.0", bad)
	}
}

func TestParsePlatform(t *testing.T) {
	p, err := parsePlatform("linux/arm64")
	require.NoError(t, err)
	require.Equal(t, Platform{"linux", "arm64"}, p)
	for _, bad := range []string{"", "linux", "linux/", "/amd64", "a/b/c"} {
		_, err := parsePlatform(bad)
		require.ErrorContains(t, err, "is not OS/ARCH", bad)
	}
}

// TestPack: the archive depends only on names and content.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	program, license := filepath.Join(dir, "kubectl-flare"), filepath.Join(dir, "LICENSE")
	require.NoError(t, os.WriteFile(program, []byte("program"), 0o700))
	require.NoError(t, os.WriteFile(license, []byte("license"), 0o600))
	var first, second bytes.Buffer
	require.NoError(t, pack(&first, []string{program, license}))
	require.NoError(t, os.Chtimes(program, time.Time{}, time.Unix(1, 0)))
	require.NoError(t, pack(&second, []string{program, license}))
	require.Equal(t, first.Bytes(), second.Bytes())

	zipped, err := gzip.NewReader(&first)
	require.NoError(t, err)
	got := map[string]int64{}
	for archive := tar.NewReader(zipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		got[header.Name] = header.Mode
	}
	require.Equal(t, map[string]int64{"kubectl-flare": 0o755, "LICENSE": 0o644}, got)
}

var update = flag.Bool("update", false, "write the golden files")
