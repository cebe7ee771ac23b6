package frameworkstest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// root requires texts for the help, and errors that do not quote the file, which may
// contain private keys. The tests of a framework read a valid file.
func root(t *testing.T, keeper frameworks.RootKeeper) {
	t.Helper()
	tool, path := keeper.RootFile()
	for _, text := range []string{tool, path} {
		assert.True(t, text != "" && kit.Printable(text), "%q", text)
	}
	const secret = "c2VjcmV0"
	for _, data := range []string{"", "{}", "[]", secret, `{"` + secret, `{"` + secret + `": "` + secret + `"}`, `"` + secret + `"`} {
		certificate, key, err := keeper.ReadRoot([]byte(data))
		if assert.Error(t, err, data) {
			assert.NotContains(t, err.Error(), secret)
		}
		assert.True(t, certificate == nil && key == nil, "a root in %q", data)
	}
}
