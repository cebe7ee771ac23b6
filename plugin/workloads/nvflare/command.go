package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// arguments are those of upstream's own chart, in its order, and NoDrivers.
func arguments(k *kit.Kit) []string {
	module := nvflare.ModuleServer
	if k.Role == nvflare.RoleClient {
		module = nvflare.ModuleClient
	}
	args := []string{
		"-u", "-m", module, "-m", nvflare.Workspace, "-s", nvflare.Config(k.Role),
		"--set", "secure_train=true", "config_folder=config", "org=" + k.Org,
	}
	if k.Role == nvflare.RoleClient {
		args = append(args, "uid="+k.Participant)
	}
	return append(args, nvflare.NoDrivers)
}
