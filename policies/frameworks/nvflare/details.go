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

// details are the fields of a configuration file that only NVFLARE's kits have.
type details struct {
	// name is the participant's name in the configuration: a client's fqsn or an admin's
	// username. It is empty for a server, and for an admin whose name is only in the
	// certificate.
	name string
	// security is the value of connection_security.
	security string
}

// detailsOf reads the details of a kit that is already read.
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
	if d.security, err = securityAt(doc, c.security); err != nil || c.name == nil || c.unnamed(doc) {
		return d, err
	}
	d.name, err = doc.text(c.name...)
	return d, err
}

// unnamed says whether an admin's name is only in the certificate, as `nvflare poc prepare`
// makes their kits. Source: uid_source in nvflare/fuel/hci/client/api.py, 2.9.0.
func (c configuration) unnamed(doc *document) bool {
	source, _ := doc.lookup("admin", "uid_source")
	name, _ := doc.lookup("admin", "username")
	return c.role == RoleAdmin && source == "cert" && name == ""
}

// securityAt reads connection_security. If it is missing, NVFLARE uses mtls.
func securityAt(doc *document, field []any) (string, error) {
	if !doc.has(field...) {
		return securityMutual, nil
	}
	value, err := doc.text(field...)
	if err != nil {
		return "", err
	}
	if !slices.Contains([]string{securityMutual, securityOneWay, securityClear}, value) {
		return "", doc.wrong(fmt.Sprintf("is %s, but must be mtls, tls or clear", kit.Quote(value)), field...)
	}
	return value, nil
}

// ConnectionIsClear says whether a server itself speaks no TLS.
func ConnectionIsClear(k *kit.Kit) bool {
	d, err := detailsOf(k)
	return err == nil && d.security == securityClear
}

// AdminRole is an admin's role in NVFLARE's authorization: project_admin, org_admin,
// lead, member or a role of the project. It is empty for other participants. Source:
// subject attribute 1.2.840.113549.1.9.2 of the certificate.
func AdminRole(k *kit.Kit) string {
	if k.Role != RoleAdmin || k.Certificate == nil {
		return ""
	}
	return roleAttribute(k.Certificate)
}
