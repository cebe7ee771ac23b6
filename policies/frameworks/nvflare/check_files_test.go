package nvflare_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// A seal vouches for unknown files of startup/, but not for settings that run other code.
func TestSettingsInStartup(t *testing.T) {
	fed := kittest.NewFederation(t, "demo")
	vouched := func(string) bool { return true }
	check := func(name, content string) kit.Findings {
		k := fed.Client("site-1", "a").With("startup/"+name, []byte(content)).Read()
		return nvflare.Framework{}.Check(k, vouched).With(kit.StatusFail)
	}
	assert.Empty(t, check("x__p_resources.json", `{"components": []}`))
	assert.Empty(t, check("new.json", `{"components": [{"id": "x", "path": "evil.Widget"}]}`))
	for name, content := range map[string]string{
		"x__p_resources.json": `{"components": [{"id": "x", "path": "evil.Widget"}]}`,
		"comm_config.json":    `{"comm_driver_path": "/workspace/x"}`,
		"resources.json":      "[",
	} {
		found := check(name, content)
		require.Len(t, found, 1, name)
		assert.Equal(t, nvflare.CheckStartupFiles, found[0].ID)
		assert.Equal(t, "startup/"+name, found[0].File)
	}

	// On a volume, they cannot be evaluated.
	k := fed.Client("site-1", "a").With("startup/x__p_resources.json", []byte("{}")).Seal(t, fed.Sealer("release")).Read()
	placed, err := k.On(kit.Volume{ClaimName: "kits", SubPath: "a"})
	require.NoError(t, err)
	content, err := kit.FromSecretData(placed.SecretData())
	require.NoError(t, err)
	read, err := nvflare.Framework{}.Read(content)
	require.NoError(t, err)
	found := nvflare.Framework{}.Check(read, vouched).With(kit.StatusFail)
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "settings on a volume")
}
