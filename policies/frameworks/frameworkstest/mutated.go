package frameworkstest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// mutated requires that a kit with invalid files can be read, or that the error is a
// *kit.FieldError in one line without a key.
func (s *suite) mutated(t *testing.T, sample Sample) {
	t.Helper()
	source := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // The same mutations in every run.
	for _, f := range sample.Content.Startup {
		for _, data := range mutations(source, f.Data) {
			CheckRead(t, s.registry, with(sample.Content.Startup, f.Name, data))
		}
	}
}

// CheckRead reads any files as a kit and checks the result. Fuzz tests call it too.
func CheckRead(t *testing.T, registry *frameworks.Registry, startup kit.Files) {
	t.Helper()
	content, err := kit.NewContent(startup, nil)
	if err != nil {
		return
	}
	k, err := registry.Read(content)
	if err != nil {
		var field *kit.FieldError
		require.ErrorAs(t, err, &field)
		assert.NotEmpty(t, field.Fix, err.Error())
		assert.NotContains(t, err.Error(), "\n")
		for _, f := range startup {
			checkSecret(t, f.Data, err.Error())
		}
		return
	}
	rules, err := acceptance.Pinned(registry, "")
	require.NoError(t, err)
	_, findings := acceptance.Accept(k, rules, time.Unix(1<<31, 0))
	checkFindings(t, findings)
}

// checkSecret looks for a line of a private key.
func checkSecret(t *testing.T, data []byte, text string) {
	t.Helper()
	if !bytes.Contains(data, []byte("PRIVATE KEY")) {
		return
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); len(line) > 20 && !strings.Contains(line, "-----") {
			assert.NotContains(t, text, line[:20])
		}
	}
}

func with(files kit.Files, name string, data []byte) kit.Files {
	out := slices.Clone(files)
	for i := range out {
		if out[i].Name == name {
			out[i].Data = data
		}
	}
	return out
}

// mutations are the file empty, truncated, doubled, full of zeros, too large, and with a
// few bytes changed.
func mutations(source *rand.Rand, data []byte) [][]byte {
	out := [][]byte{nil, data[:len(data)/2], append(bytes.Clone(data), data...), make([]byte, len(data)), bytes.Repeat([]byte("x"), 2<<20), []byte("{}"), []byte("[[[")}
	for range 8 {
		changed := bytes.Clone(data)
		for range 3 {
			if len(changed) > 0 {
				changed[source.IntN(len(changed))] = ^data[source.IntN(len(data))]
			}
		}
		out = append(out, changed)
	}
	return out
}
