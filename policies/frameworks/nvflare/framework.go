package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// asProvisioned is the fix for files that `nvflare provision` does not write.
const asProvisioned = "use the kit as `nvflare provision` wrote it, or ask the project lead for a new one"

// askForKit is the fix for a kit that only the project lead can fix.
const askForKit = "ask the project lead for a new kit"

// Framework reads and checks NVFLARE's kits.
type Framework struct{}

// Name is nvflare.
func (Framework) Name() string { return Name }

// Title is NVIDIA FLARE.
func (Framework) Title() string { return "NVIDIA FLARE" }

// Marks are the configuration files, of which each kit has one. Kits with one of the last
// two are recognised only to say why they are not supported.
func (Framework) Marks() []string {
	return []string{ServerConfig, ClientConfig, AdminConfig, relayConfig, overseerConfig}
}

// Roles are the roles of kits.
func (Framework) Roles() []kit.Role { return []kit.Role{RoleServer, RoleClient, RoleAdmin} }

// Recognise looks for a configuration file.
func (f Framework) Recognise(startup kit.Files) bool {
	for _, mark := range f.Marks() {
		if _, ok := startup.Get(mark); ok {
			return true
		}
	}
	return false
}

// Check verifies what is specific to NVFLARE: names and roles in certificates, the exact set
// of files, the security of the connection, and NVFLARE's signature. vouched says whether a
// trusted seal lists a file of startup/.
func (Framework) Check(k *kit.Kit, vouched func(file string) bool) kit.Findings {
	d, err := detailsOf(k)
	if err != nil {
		return kit.Findings{kit.Fail(CheckStartupFiles, k.Paths.Configuration, asProvisioned, "cannot be read: %v", err)}
	}
	var all kit.Findings
	for _, findings := range []kit.Findings{
		checkName(k, d), checkOrg(k), checkRole(k), checkServerNames(k), checkConnection(k, d),
		checkStartupFiles(k, vouched), checkStartupSettings(k), checkStartupSignature(k), checkLocalSignature(k),
	} {
		all = append(all, findings...)
	}
	return all
}

// The IDs of NVFLARE's findings, in the order of a report.
const (
	CheckParticipant      = "participant"
	CheckOrg              = "org"
	CheckRole             = "role"
	CheckServerNames      = "server-names"
	CheckConnection       = "connection"
	CheckStartupFiles     = "startup-files"
	CheckLocalFiles       = "local-files"
	CheckStartupSignature = "startup-signature"
	CheckLocalSignature   = "local-signature"
)
