package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named finds the names of the frameworks that are registered, and of toy. Variables of
// GPUs, such as NVIDIA_VISIBLE_DEVICES, and the resource nvidia.com/gpu do not name a
// framework.
var named = regexp.MustCompile(`(?i)nvflare|nvidia\b|\bflower\b|flwr|\btoy\b`)

// mayName lists where a framework may be named: in its three folders, in the
// registries, in what only tests link, and in what is generated from the registries.
var mayName = regexp.MustCompile(`^(policies/frameworks|policies/profiles|plugin/workloads)/(nvflare|flower|toy)/` +
	`|^policies/frameworks/registry\.go$|^policies/catalog\.go$|^plugin/workloads/builtin/` +
	`|^manifests/(helm|kustomize)/.*/objects\.yaml$` +
	`|^(policies/samples|test)/|_test\.go$|[a-z]test/[^/]+\.go$|/testdata/`)

func TestOnlyItsFoldersNameAFramework(t *testing.T) {
	listed, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z",
		"--cached", "--others", "--exclude-standard", "cmd", "plugin", "webhook", "policies", "manifests", "krew").Output()
	require.NoError(t, err)
	read := 0
	for name := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		if mayName.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			for _, word := range named.FindAllString(strings.ReplaceAll(line, "nvidia.com/gpu", "gpu"), -1) {
				t.Errorf("%s:%d names %q: take it from a registry", name, number, word)
			}
		}
		read++
	}
	assert.Greater(t, read, 100)
}
