package nvflare

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkName compares the certificate's CN with the name in the configuration.
func checkName(k *kit.Kit, d details) kit.Findings {
	if repeated(k.Certificate, asn1.ObjectIdentifier{2, 5, 4, 3}) {
		return kit.Findings{kit.Fail(CheckParticipant, k.Paths.Certificate, askForKit, "the certificate has more than one CN")}
	}
	if d.name == "" {
		return kit.Findings{kit.Pass(CheckParticipant, k.Paths.Certificate, "the certificate is for %s", kit.Quote(k.Participant))}
	}
	// The name of a client below relays is a path that ends with its own name.
	if d.name != k.Participant && (k.Role != RoleClient || !strings.HasSuffix(d.name, "."+k.Participant)) {
		return kit.Findings{kit.Fail(CheckParticipant, k.Paths.Configuration, askForKit,
			"the configuration is for %s, but the certificate is for %s", kit.Quote(d.name), kit.Quote(k.Participant))}
	}
	return kit.Findings{kit.Pass(CheckParticipant, k.Paths.Certificate, "certificate and configuration are for %s", kit.Quote(k.Participant))}
}

// checkOrg checks the organisation, on which NVFLARE's authorization is based.
func checkOrg(k *kit.Kit) kit.Findings {
	switch {
	case k.Org == "":
		return kit.Findings{kit.Fail(CheckOrg, k.Paths.Certificate, askForKit, "the certificate has no organisation (O)")}
	case len(k.Certificate.Subject.Organization) > 1:
		return kit.Findings{kit.Fail(CheckOrg, k.Paths.Certificate, askForKit, "the certificate has more than one organisation (O)")}
	}
	return kit.Findings{kit.Pass(CheckOrg, k.Paths.Certificate, "the organisation is %s", kit.Quote(k.Org))}
}

// checkRole checks the role in the certificate. Admins always have one. Others have one
// only if `nvflare cert` made the certificate, and it must be that of the kit.
func checkRole(k *kit.Kit) kit.Findings {
	role := roleAttribute(k.Certificate)
	switch {
	case repeated(k.Certificate, unstructuredName()):
		return kit.Findings{kit.Fail(CheckRole, k.Paths.Certificate, askForKit, "the certificate has more than one role")}
	case k.Role == RoleAdmin && role == "":
		return kit.Findings{kit.Fail(CheckRole, k.Paths.Certificate, askForKit, "the admin's certificate has no role")}
	case k.Role == RoleAdmin && !knownAdminRole(role):
		return kit.Findings{kit.Warn(CheckRole, k.Paths.Certificate, "check that the site's authorization.json has this role",
			"the admin's role is %s, which is not a standard role of NVFLARE", kit.Quote(role))}
	case k.Role == RoleAdmin:
		return kit.Findings{kit.Pass(CheckRole, k.Paths.Certificate, "the admin's role is %s", role)}
	case role != "" && role != string(k.Role):
		return kit.Findings{kit.Fail(CheckRole, k.Paths.Certificate, askForKit,
			"the kit is for the role %s, but the certificate for the role %s", k.Role, kit.Quote(role))}
	}
	return kit.Findings{kit.Pass(CheckRole, k.Paths.Certificate, "the role is %s, and the certificate has no other", k.Role)}
}

func knownAdminRole(role string) bool {
	switch role {
	case "project_admin", "org_admin", "lead", "member":
		return true
	}
	return false
}

// repeated finds a duplicate subject attribute, of which NVFLARE uses the first and Go the
// last.
func repeated(c *x509.Certificate, attribute asn1.ObjectIdentifier) bool {
	n := 0
	for _, a := range c.Subject.Names {
		if a.Type.Equal(attribute) {
			n++
		}
	}
	return n > 1
}
