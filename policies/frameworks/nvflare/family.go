package nvflare

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// The families of kits: ranges of versions whose kits look alike. No file of a kit
// carries a version number, and 2.8 and 2.9 kits cannot be told apart.
const (
	Family26 = "2.6-"
	Family27 = "2.7"
	Family28 = "2.8+"
)

// family tells the NVFLARE versions apart by what their kits look like:
//
//   - an overseer agent is written into the files of server and client up to
//     2.7, and only 2.7 has connection_security beside it;
//   - an admin's file is the same from 2.7 on, but only 2.7 signs the kit. An
//     admin's 2.7 kit without its signature therefore looks like a later one.
func family(doc *document, k *kit.Kit) string {
	if k.Role == RoleAdmin {
		return adminFamily(doc, k)
	}
	if !doc.has("overseer_agent") {
		return Family28
	}
	if doc.has("client", "connection_security") || doc.has("servers", 0, "connection_security") {
		return Family27
	}
	return Family26
}

func adminFamily(doc *document, k *kit.Kit) string {
	if doc.has("admin", "overseer_agent") || doc.has("overseer_agent") || doc.has("admin", "with_ssl") {
		return Family26
	}
	if _, signed := k.Startup.Get(SignatureFile); signed {
		return Family27
	}
	return Family28
}
