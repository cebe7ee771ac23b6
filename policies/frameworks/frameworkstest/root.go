package frameworkstest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// root demands words for help texts, and errors that quote nothing of a file that may
// hold private keys. A framework's own test reads a file that is valid.
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
