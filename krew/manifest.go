package main

import (
	"bytes"
	_ "embed" // flare.yaml
	"fmt"
	"strings"
	"text/template"

	"k8s.io/apimachinery/pkg/util/version"
)

//go:embed flare.yaml
var manifestTemplate string

// Platform is what a binary runs on, in Go's terms.
type Platform struct{ OS, Arch string }

// platforms are the platforms of a release, all of which krew supports.
func platforms() []Platform {
	return []Platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}
}

// parsePlatform reads OS/ARCH.
func parsePlatform(text string) (Platform, error) {
	os, arch, ok := strings.Cut(text, "/")
	if !ok || os == "" || arch == "" || strings.Contains(arch, "/") {
		return Platform{}, fmt.Errorf("--platform %q is not OS/ARCH, such as linux/amd64", text)
	}
	return Platform{os, arch}, nil
}

// Binary is the plugin's file in an archive.
func (p Platform) Binary() string {
	if p.OS == "windows" {
		return "kubectl-flare.exe"
	}
	return "kubectl-flare"
}

// Archive is a built archive.
type Archive struct {
	Platform
	// Name is the archive's file name.
	Name string
	// SHA256 is its digest: 64 lower-case hexadecimal digits.
	SHA256 string
}

// manifest is the krew manifest of a release.
func manifest(version string, archives []Archive) ([]byte, error) {
	t, err := template.New("flare.yaml").Parse(manifestTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Version  string
		Archives []Archive
	}{version, archives})
	return out.Bytes(), err
}

// checkVersion checks what krew requires: a semantic version that begins with v.
func checkVersion(text string) error {
	rest, ok := strings.CutPrefix(text, "v")
	if _, err := version.ParseSemantic(rest); err != nil || !ok || strings.HasPrefix(rest, "v") {
		return fmt.Errorf("--version %q is not a release: give a semantic version such as v0.1.0", text)
	}
	return nil
}
