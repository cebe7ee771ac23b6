package kit

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"
)

// checkName compares the certificate's CN with the name in the configuration.
func checkName(k *Kit, _ VerifyOptions) []Finding {
	if repeated(k.Certificate, asn1.ObjectIdentifier{2, 5, 4, 3}) {
		return []Finding{fail(CheckParticipant, k.paths.certificate, askForKit, "the certificate has more than one CN")}
	}
	if k.ConfiguredName == "" {
		return []Finding{pass(CheckParticipant, k.paths.certificate, "the certificate is for %s", shown(k.Participant))}
	}
	// A client below relays has a path of names: its own is the last.
	if k.ConfiguredName != k.Participant && (k.Role != RoleClient || !strings.HasSuffix(k.ConfiguredName, "."+k.Participant)) {
		return []Finding{fail(CheckParticipant, k.paths.configuration, askForKit,
			"the configuration is for %s, the certificate for %s", shown(k.ConfiguredName), shown(k.Participant))}
	}
	return []Finding{pass(CheckParticipant, k.paths.certificate, "certificate and configuration are for %s", shown(k.Participant))}
}

// checkOrg looks for the organisation: NVFLARE's authorization is built on it.
func checkOrg(k *Kit, _ VerifyOptions) []Finding {
	switch {
	case k.Org == "":
		return []Finding{fail(CheckOrg, k.paths.certificate, askForKit, "the certificate names no organisation (O)")}
	case len(k.Certificate.Subject.Organization) > 1:
		return []Finding{fail(CheckOrg, k.paths.certificate, askForKit, "the certificate names more than one organisation (O)")}
	}
	return []Finding{pass(CheckOrg, k.paths.certificate, "the organisation is %s", shown(k.Org))}
}

// checkRole looks at the role in the certificate. Admins always have one; the
// others have theirs only from `nvflare cert`, and must not have an admin's.
func checkRole(k *Kit, _ VerifyOptions) []Finding {
	role := roleAttribute(k.Certificate)
	switch {
	case repeated(k.Certificate, unstructuredName()):
		return []Finding{fail(CheckRole, k.paths.certificate, askForKit, "the certificate has more than one role")}
	case k.Role == RoleAdmin && role == "":
		return []Finding{fail(CheckRole, k.paths.certificate, askForKit, "the admin's certificate has no role")}
	case k.Role == RoleAdmin && !knownAdminRole(role):
		return []Finding{warn(CheckRole, k.paths.certificate, "check that the site's authorization.json has this role",
			"the admin's role is %s, which is not one of NVFLARE's own", shown(role))}
	case k.Role == RoleAdmin:
		return []Finding{pass(CheckRole, k.paths.certificate, "the admin's role is %s", role)}
	case role != "" && role != string(k.Role):
		return []Finding{fail(CheckRole, k.paths.certificate, askForKit,
			"the kit of a %s, but a certificate for the role %s", k.Role, shown(role))}
	}
	return []Finding{pass(CheckRole, k.paths.certificate, "the role is %s, and the certificate has no other", k.Role)}
}

func knownAdminRole(role string) bool {
	switch role {
	case "project_admin", "org_admin", "lead", "member":
		return true
	}
	return false
}

// repeated finds a subject attribute that is there twice: NVFLARE takes the
// first, Go the last.
func repeated(c *x509.Certificate, attribute asn1.ObjectIdentifier) bool {
	n := 0
	for _, a := range c.Subject.Names {
		if a.Type.Equal(attribute) {
			n++
		}
	}
	return n > 1
}
