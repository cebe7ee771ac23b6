package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// python is where upstream's images have it. It is called directly: the
// kit's start scripts loop over pid files, need a shell and write to startup/.
const python = "/usr/local/bin/python3"

// workspace is the directory that NVFLARE is given as -m.
const workspace = "/workspace"

// arguments are those of upstream's own chart, in its order.
func arguments(k *kit.Kit) []string {
	module, config := "server.server_train", "fed_server.json"
	if k.Role == kit.RoleClient {
		module, config = "client.client_train", "fed_client.json"
	}
	args := []string{
		"-u", "-m", "nvflare.private.fed.app." + module, "-m", workspace, "-s", config,
		"--set", "secure_train=true", "config_folder=config", "org=" + k.Org,
	}
	if k.Role == kit.RoleClient {
		args = append(args, "uid="+k.Participant)
	}
	return args
}
