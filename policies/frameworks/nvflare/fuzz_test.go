package nvflare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// FuzzSignature looks for a content and a list of signatures that are accepted without the
// root's key.
func FuzzSignature(f *testing.F) {
	k := kittest.NewFederation(f, "demo", kittest.WithFamily(nvflare.Family27)).Client("site-1", "a")
	files := k.FS()
	f.Add(files["startup/signature.json"].Data, files["startup/start.sh"].Data)
	f.Add([]byte(`{"start.sh": ""}`), []byte{})
	f.Add([]byte(`{"start.sh": null}`), []byte("x"))
	script := string(k.File("startup/start.sh"))
	f.Fuzz(func(t *testing.T, list, content []byte) {
		changed := k.FS()
		changed["startup/signature.json"].Data, changed["startup/start.sh"].Data = list, content
		read, err := registry.ReadDir(changed)
		require.NoError(t, err, "the signature is for Verify")
		passed := findings(check(read), nvflare.CheckStartupSignature)[0].Status == kit.StatusPass
		require.False(t, passed && string(content) != script, "a forged script passed")
	})
}
