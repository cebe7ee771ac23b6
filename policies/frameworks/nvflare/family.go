package nvflare

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// The families of kits: ranges of versions whose kits look alike. Kits contain no version
// number, and kits of 2.8 and 2.9 cannot be distinguished.
const (
	Family26 = "2.6-"
	Family27 = "2.7"
	Family28 = "2.8+"
)

// family distinguishes NVFLARE versions by their kits:
//
//   - up to 2.7, the files of servers and clients have an overseer agent, and only 2.7
//     has connection_security too;
//   - since 2.7, the files of admins are the same, but only 2.7 signs the kit. So an
//     admin's 2.7 kit without its signature looks like a later one.
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
