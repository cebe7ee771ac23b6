package nvflare_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func TestKitFiles(t *testing.T) {
	for _, role := range []kit.Role{nvflare.RoleServer, nvflare.RoleClient, nvflare.RoleAdmin} {
		files := nvflare.KitFiles(role)
		assert.Len(t, files, 4, role)
		assert.True(t, slices.IsSorted(files), role)
		assert.Contains(t, files, nvflare.Config(role))
		assert.Contains(t, files, nvflare.RootFile)
	}
	assert.Nil(t, nvflare.KitFiles("relay"))
	assert.Empty(t, nvflare.Config("relay"))
}

// The digits are those of the reference pods, made by NVFLARE 2.9.0's launcher.
func TestOwnsDerived(t *testing.T) {
	const site2 = "nvflare-startup-site2-809cb9ad"
	assert.True(t, nvflare.OwnsDerived(site2, "Site_2", nvflare.RoleClient))
	assert.False(t, nvflare.OwnsDerived(site2, "site-2", nvflare.RoleClient))
	assert.False(t, nvflare.OwnsDerived(site2, "Site_2", nvflare.RoleServer), "the launcher calls every server \"server\"")
	assert.Equal(t, "server", nvflare.SiteName("server1", nvflare.RoleServer))
}

func TestRegistrationText(t *testing.T) {
	assert.Equal(t, "Successfully registered client:site-1 for project demo.", nvflare.RegistrationText("site-1", "demo"))
}
