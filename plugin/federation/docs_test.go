package federation_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
)

var update = flag.Bool("update", false, "write the tables of docs/federation.md again")

const (
	docs   = "../../docs/federation.md"
	marker = "<!-- The table is generated: run `go test ./plugin/federation -run Docs -update`. -->\n"
)

// properties are the fields of an object in the schema.
func properties(t *testing.T, schema map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, step := range path {
		next, ok := schema[step].(map[string]any)
		require.True(t, ok, step)
		schema = next
	}
	fields, ok := schema["properties"].(map[string]any)
	require.True(t, ok, path)
	return fields
}

func table(t *testing.T, fields map[string]any, without map[string]any) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("| field | |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := without[name]; ok {
			continue
		}
		description, _ := fields[name].(map[string]any)["description"].(string)
		require.NotEmpty(t, description, name)
		if list, ok := fields[name].(map[string]any)["enum"].([]any); ok {
			description += fmt.Sprintf(" One of %v.", list)
		}
		fmt.Fprintf(&out, "| `%s` | %s |\n", name, strings.Join(strings.Fields(description), " "))
	}
	return out.String()
}

// Every field is in the documentation.
func TestDocs(t *testing.T) {
	schema, err := federation.Schema()
	require.NoError(t, err)
	settings := properties(t, schema, "properties", "spec", "properties", "defaults")
	participant := properties(t, schema, "properties", "spec", "properties", "participants", "items")
	want := marker + "\n" + table(t, settings, nil) + "\nOf participants alone:\n\n" + table(t, participant, settings)
	data, err := os.ReadFile(docs)
	require.NoError(t, err)
	before, after, found := strings.Cut(string(data), marker)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(docs, []byte(before+want), 0o600))
		return
	}
	require.Equal(t, want, marker+after, "run `go test ./plugin/federation -run Docs -update`")
}
