// Package nvflare has what kubectl-flare knows about NVIDIA FLARE, versions 2.7 to 2.9: its
// processes, paths and ports, its roles and the files of their kits, and how to read these
// files. Both profiles and workloads use these facts, so that the pods that are written
// always match those that are required.
package nvflare

import (
	"cmp"
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
	// ModulePrefix is the prefix of all of them.
	ModulePrefix    = "nvflare.private."
	ModuleServer    = "nvflare.private.fed.app.server.server_train"
	ModuleClient    = "nvflare.private.fed.app.client.client_train"
	ModuleServerJob = "nvflare.private.fed.app.server.runner_process"
	ModuleClientJob = "nvflare.private.fed.app.client.worker_process"
)

// Python is the interpreter, for which the container runtime searches the PATH of the image:
// upstream's images have it in /usr/local/bin, distributions in /usr/bin, and Conda in its own
// folder. It is called directly, since the start scripts of a kit loop over pid files, need a
// shell and write to startup/.
const Python = "python3"

// NoDrivers is the setting of servers, clients and jobs without which they look for
// comm_config.json in the whole workspace, also in the folders of jobs, and import every
// module below the folder that its comm_driver_path names. Source: fuel/f3/communicator.py
// and fuel/utils/config_factory.py, 2.9.0.
const NoDrivers = "comm_driver_path="

// The facts of an admin's pod. Between two commands, it runs no admin process.
const (
	// AdminScript is what the pod runs between commands, as the argument of python -c.
	AdminScript = "import time; time.sleep(3600)"
	// AdminSeconds is how long such a pod runs at most.
	AdminSeconds = 3600
	// AdminKitPath contains startup/ and local/. It is scratch space, since the client of
	// the admin protocol makes transfer/ next to them.
	AdminKitPath = "/kit"
	// AdminWorkPath is the folder for job folders.
	AdminWorkPath = "/work"
)

// Folders in the containers of servers and clients.
const (
	// Workspace is the default of NVFLARE's argument -m. It contains startup/ and local/.
	Workspace = "/workspace"
	// ServerStorePath is where the server stores jobs and snapshots by its
	// resources.json.default.
	ServerStorePath = "/tmp/nvflare"
)

// ServerStoreFolder is the folder of a server's claim that is mounted at ServerStorePath.
const ServerStoreFolder = "nvflare"

// The Secrets that NVFLARE's job launcher makes. Source: k8s_launcher.py.
const (
	// PrefixDerived is the prefix of a copy of a participant's startup/.
	PrefixDerived = "nvflare-startup-"
	// PrefixCredentials is the prefix of a Secret with one job's tokens.
	PrefixCredentials = "nvflare-cred-"
)

// JobPort is where a parent listens for its job pods, and PortJobs the port's name. Source:
// `nvflare deploy prepare` of 2.9.0.
const (
	JobPort  = 8102
	PortJobs = "jobs"
)

// The default ports of a server. Since 2.8, both are the same unless a project configures
// them.
const (
	DefaultPort      = 8002
	DefaultAdminPort = 8003
)

// The configuration files, of which each role has one.
const (
	ServerConfig = "fed_server.json"
	ClientConfig = "fed_client.json"
	AdminConfig  = "fed_admin.json"
)

// Files of startup/ that several roles have.
const (
	RootFile = "rootCA.pem"
	// SignatureFile is the native signature of its folder.
	SignatureFile = "signature.json"
	// CustomRootFile is a root with which NVFLARE verifies the server instead of RootFile
	// if only the server authenticates itself. It is used if it exists, even if the
	// configuration does not refer to it.
	CustomRootFile = "customRootCA.pem"
)

// Config is the configuration file of a role. It is empty for an unknown role.
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

// KitFiles are the four files of startup/ with a participant's identity, sorted by name.
// It is nil for an unknown role.
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

// SiteName is the job launcher's name of a participant. That of the server is always
// "server". Source: k8s_launcher.py.
func SiteName(participant string, role kit.Role) string {
	if role == RoleServer {
		return "server"
	}
	return participant
}

// OwnsDerived says whether a launcher's derived Secret with this name is a copy of the
// participant's startup/. It compares only the eight digits of the site's SHA-256 that the
// launcher appends, since upstream has two spellings of the rest.
func OwnsDerived(secret, participant string, role kit.Role) bool {
	sum := sha256.Sum256([]byte(SiteName(participant, role)))
	return strings.HasSuffix(secret, "-"+hex.EncodeToString(sum[:])[:8])
}

// DerivedName is the name of the launcher's copy of a participant's startup/. Source:
// site_name_to_rfc1123 in k8s_launcher.py, 2.9.0.
func DerivedName(participant string, role kit.Role) string {
	const longest = 38
	site := SiteName(participant, role)
	sum := sha256.Sum256([]byte(site))
	name := strings.Trim(strings.Map(labelRune, strings.ToLower(site)), "-")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "s" + name
	}
	name = strings.TrimRight(name[:min(len(name), longest)], "-")
	return PrefixDerived + cmp.Or(name, "site") + "-" + hex.EncodeToString(sum[:])[:8]
}

// labelRune removes what a label may not contain.
func labelRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return -1
}

// RegistrationText is a part of a line of a client's log after the client has registered
// with its federation's server. Source: nvflare/private/fed/client/fed_client_base.py.
func RegistrationText(participant, federation string) string {
	return fmt.Sprintf("Successfully registered client:%s for project %s.", participant, federation)
}
