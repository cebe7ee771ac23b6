package flower

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// askForKit is the fix for a kit that only the project lead can fix.
const askForKit = "ask the project lead for a new kit"

// Framework reads and checks Flower's kits.
type Framework struct{}

// Name is flower.
func (Framework) Name() string { return Name }

// Title is Flower.
func (Framework) Title() string { return "Flower" }

// Marks is flower.json.
func (Framework) Marks() []string { return []string{ConfigFile} }

// Roles are the roles of kits.
func (Framework) Roles() []kit.Role { return []kit.Role{RoleServer, RoleClient, RoleAdmin} }

// Recognise looks for flower.json.
func (Framework) Recognise(startup kit.Files) bool {
	_, ok := startup.Get(ConfigFile)
	return ok
}

// KnownVersion is the newest version whose kits are supported.
func (Framework) KnownVersion() string { return knownVersion }

// The IDs of Flower's findings, in the order of a report.
const (
	CheckIdentity    = "identity"
	CheckUsage       = "key-usage"
	CheckServerNames = "server-names"
	CheckRuntime     = "runtime"
	CheckFiles       = "startup-files"
	CheckProxy       = "proxy"
	CheckLocalFiles  = "local-files"
)

// Check verifies what is specific to Flower: the subject and the usage of the certificate,
// the names of a SuperLink, the certificate of a Runtime API, the exact set of files, and
// the reverse proxy's configuration. vouched says whether a trusted seal lists a file of
// startup/.
func (Framework) Check(k *kit.Kit, vouched func(file string) bool) kit.Findings {
	s, err := SpecOf(k)
	if err != nil {
		return kit.Findings{kit.Fail(CheckFiles, k.Paths.Configuration, kit.AsProvisioned, "cannot be read: %v", err)}
	}
	var all kit.Findings
	for _, findings := range []kit.Findings{
		checkIdentity(k), checkUsage(k), checkServerNames(k, &s), checkRuntime(k), checkFiles(k, vouched), checkProxy(k, &s, vouched),
	} {
		all = append(all, findings...)
	}
	return all
}
