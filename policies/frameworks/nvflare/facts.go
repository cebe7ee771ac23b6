// Package nvflare is what kubectl-flare knows of NVIDIA FLARE, versions 2.7 to
// 2.9: its processes, paths and ports, its roles and the files of their kits, and
// how those files are read. Profiles and workloads take these facts from here, so
// that what is written and what is demanded cannot drift apart.
package nvflare

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Name is the framework's name in labels, seals and policies.
const Name = "nvflare"

// The roles of participants that have a kit.
const (
	RoleServer kit.Role = "server"
	RoleClient kit.Role = "client"
	RoleAdmin  kit.Role = "admin"
)

// The modules that NVFLARE's processes run. Source: its Helm chart (templates of
// `nvflare deploy prepare`) and nvflare/app_opt/job_launcher/k8s_launcher.py.
const (
	// ModulePrefix begins the names of all of them.
	ModulePrefix    = "nvflare.private."
	ModuleServer    = "nvflare.private.fed.app.server.server_train"
	ModuleClient    = "nvflare.private.fed.app.client.client_train"
	ModuleServerJob = "nvflare.private.fed.app.server.runner_process"
	ModuleClientJob = "nvflare.private.fed.app.client.worker_process"
)

// The interpreter, as upstream's images have it. It is called directly: the start
// scripts of a kit loop over pid files, need a shell and write to startup/.
const (
	Python = "/usr/local/bin/python3"
	// PythonAlias is another name of the same file, which upstream's launcher uses.
	PythonAlias = "/usr/local/bin/python"
)

// What an admin's pod has of its own. No admin process runs between two commands.
const (
	// AdminScript is what the pod runs meanwhile, as the argument of python -c.
	AdminScript = "import time; time.sleep(3600)"
	// AdminSeconds is how long such a pod lives at most.
	AdminSeconds = 3600
	// AdminKitPath holds startup/ and local/. The client of the admin protocol makes
	// transfer/ beside them, so it is scratch space.
	AdminKitPath = "/kit"
	// AdminWorkPath is where job folders go.
	AdminWorkPath = "/work"
)

// Folders in the containers of servers and clients.
const (
	// Workspace is the default of what NVFLARE gets as -m: it holds startup/ and
	// local/.
	Workspace = "/workspace"
	// ServerStorePath is where the server's resources.json.default puts jobs and
	// snapshots.
	ServerStorePath = "/tmp/nvflare"
)

// The Secrets that NVFLARE's job launcher makes. Source: k8s_launcher.py.
const (
	// PrefixDerived begins the name of the copy of a participant's startup/.
	PrefixDerived = "nvflare-startup-"
	// PrefixCredentials begins the name of the Secret with one job's tokens.
	PrefixCredentials = "nvflare-cred-"
)

// The ports that `nvflare provision` gives a server by default. Since 2.8 both are
// the same unless a project says otherwise.
const (
	DefaultPort      = 8002
	DefaultAdminPort = 8003
)

// The configuration files that make a kit the kit of a role.
const (
	ServerConfig = "fed_server.json"
	ClientConfig = "fed_client.json"
	AdminConfig  = "fed_admin.json"
)

// Files of startup/ that several roles have.
const (
	RootFile = "rootCA.pem"
	// SignatureFile is the native signature of the folder that it lies in.
	SignatureFile = "signature.json"
	// CustomRootFile is a root that NVFLARE takes for the server's instead of
	// RootFile wherever the server alone proves itself. It needs no mention in the
	// configuration: it only has to be there.
	CustomRootFile = "customRootCA.pem"
)

// Config is the configuration file of a role; empty for a role that NVFLARE has
// not.
func Config(role kit.Role) string {
	switch role {
	case RoleServer:
		return ServerConfig
	case RoleClient:
		return ClientConfig
	case RoleAdmin:
		return AdminConfig
	}
	return ""
}

// KitFiles are the four files of startup/ without which a participant has no
// identity, sorted by name; nil for a role that NVFLARE has not.
func KitFiles(role kit.Role) []string {
	switch role {
	case RoleServer:
		return []string{ServerConfig, RootFile, "server.crt", "server.key"}
	case RoleClient:
		return []string{"client.crt", "client.key", ClientConfig, RootFile}
	case RoleAdmin:
		return []string{"client.crt", "client.key", AdminConfig, RootFile}
	}
	return nil
}

// SiteName is what the job launcher calls a participant: the server is always
// "server". Source: k8s_launcher.py.
func SiteName(participant string, role kit.Role) string {
	if role == RoleServer {
		return "server"
	}
	return participant
}

// OwnsDerived says whether a launcher's derived Secret with that name is a copy of
// the participant's startup/. It compares the eight digits of the site's SHA-256
// that the launcher appends; what stands before them is spelled in two ways
// upstream.
func OwnsDerived(secret, participant string, role kit.Role) bool {
	sum := sha256.Sum256([]byte(SiteName(participant, role)))
	return strings.HasSuffix(secret, "-"+hex.EncodeToString(sum[:])[:8])
}

// RegistrationText is what a client's log says, in a line with other things before
// it, once the client has registered with its federation's server. Source:
// nvflare/private/fed/client/fed_client_base.py.
func RegistrationText(participant, federation string) string {
	return fmt.Sprintf("Successfully registered client:%s for project %s.", participant, federation)
}
