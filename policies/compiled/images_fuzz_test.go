package compiled_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// FuzzImage looks for an image that is allowed and is not the repository of the policy with
// its digest.
func FuzzImage(f *testing.F) {
	source := policiestest.Policy(f)
	allowed := source.Spec.Images.Allowed[0]
	p := site(f, unchanged)
	right := regexp.MustCompile(`^` + regexp.QuoteMeta(allowed.Repository) + `(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?@` + regexp.QuoteMeta(allowed.Digest) + `$`)
	for _, image := range []string{
		allowed.Repository + "@" + allowed.Digest, allowed.Repository + ":" + allowed.Tag, allowed.Repository + ":x@" + allowed.Digest,
		allowed.Repository + ".evil.com/x@" + allowed.Digest, "evil.com/" + allowed.Repository + "@" + allowed.Digest,
		allowed.Repository + "@" + allowed.Digest + "@" + allowed.Digest, allowed.Repository + ":443/x@" + allowed.Digest, "", "@", ":",
	} {
		f.Add(image)
	}
	f.Fuzz(func(t *testing.T, image string) {
		require.Equal(t, right.MatchString(image), p.Images.Check(image) == compiled.ImageAllowed, image)
		if resolved, ok := p.Images.Resolve(image); ok {
			require.Equal(t, compiled.ImageAllowed, p.Images.Check(resolved), image)
		}
	})
}
