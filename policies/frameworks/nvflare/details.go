package nvflare

import (
	"fmt"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The values of connection_security.
const (
	securityMutual = "mtls"
	securityOneWay = "tls"
	securityClear  = "clear"
)

// details are what a configuration file says besides what all kits have.
type details struct {
	// name is the participant's as the configuration has it: a client's fqsn, an
	// admin's username; empty for a server.
	name string
	// security says who proves to whom who they are when the participant connects.
	security string
}

// detailsOf reads them again out of a kit that was read.
func detailsOf(k *kit.Kit) (details, error) {
	c, err := findConfiguration(k.Startup)
	if err != nil {
		return details{}, err
	}
	doc, err := c.document(k)
	if err != nil {
		return details{}, err
	}
	return c.details(doc)
}

func (c configuration) details(doc *document) (d details, err error) {
	if d.security, err = securityAt(doc, c.security); err != nil || c.name == nil {
		return d, err
	}
	d.name, err = doc.text(c.name...)
	return d, err
}

// securityAt reads connection_security. Where it is missing NVFLARE takes mtls.
func securityAt(doc *document, field []any) (string, error) {
	if !doc.has(field...) {
		return securityMutual, nil
	}
	value, err := doc.text(field...)
	if err != nil {
		return "", err
	}
	if !slices.Contains([]string{securityMutual, securityOneWay, securityClear}, value) {
		return "", doc.wrong(fmt.Sprintf("is %s: only mtls, tls and clear are known", kit.Quote(value)), field...)
	}
	return value, nil
}

// AdminRole is an admin's role in NVFLARE's authorization: project_admin, org_admin,
// lead, member or one of the project's own; empty for other participants. Source:
// subject attribute 1.2.840.113549.1.9.2 of the certificate.
func AdminRole(k *kit.Kit) string {
	if k.Role != RoleAdmin || k.Certificate == nil {
		return ""
	}
	return roleAttribute(k.Certificate)
}
