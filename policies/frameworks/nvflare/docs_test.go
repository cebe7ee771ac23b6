package nvflare_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

var update = flag.Bool("update", false, "write the table of docs/privacy.md again")

// The documentation lists every setting that a policy can require.
func TestSettingsAreDocumented(t *testing.T) {
	const file, mark = "../../../docs/privacy.md", "-update -->\n"
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	text, table, ok := strings.Cut(string(data), mark)
	require.True(t, ok)
	var want strings.Builder
	want.WriteString("\n| setting | type | |\n|---|---|---|\n")
	for _, one := range (nvflare.Framework{}).Declared() {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", strings.ReplaceAll(one.Path, "|", `\|`), one.Type, one.Doc)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text+mark+want.String()), 0o600))
		return
	}
	assert.Equal(t, want.String(), table, "go test ./policies/frameworks/nvflare -run Documented -update")
}
