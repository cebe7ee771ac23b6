package nvflare

import (
	"fmt"
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// configuration describes the configuration file of a role.
type configuration struct {
	file string
	role kit.Role
	// certificate, key and root are the fields with the names of these files.
	certificate, key, root []any
	// name is the field with the participant's name. It is nil if there is none.
	name []any
	// security is the field connection_security.
	security []any
	// fill reads what only this file has.
	fill func(*document, *kit.Kit) error
}

func configurations() []configuration {
	server := serviceConfiguration(ServerConfig, RoleServer, []any{"servers", 0}, fillServer)
	client := serviceConfiguration(ClientConfig, RoleClient, []any{"client"}, fillClient)
	client.name = []any{"client", "fqsn"}
	return []configuration{
		server, client,
		{
			file: AdminConfig, role: RoleAdmin, name: []any{"admin", "username"},
			certificate: []any{"admin", "client_cert"}, key: []any{"admin", "client_key"}, root: []any{"admin", "ca_cert"},
			security: []any{"admin", "connection_security"}, fill: fillAdmin,
		},
	}
}

// serviceConfiguration has what the files of servers and clients have in common.
func serviceConfiguration(file string, role kit.Role, at []any, fill func(*document, *kit.Kit) error) configuration {
	in := func(key string) []any { return append(append([]any{}, at...), key) }
	return configuration{
		file: file, role: role, fill: fill,
		certificate: in("ssl_cert"), key: in("ssl_private_key"), root: in("ssl_root_cert"),
		security: in("connection_security"),
	}
}

// Read reads a kit. It returns a *kit.FieldError if a file is missing or invalid. Package
// acceptance decides whether the kit is genuine.
func (Framework) Read(content *kit.Content) (*kit.Kit, error) {
	k := &kit.Kit{Content: *content, Framework: Name}
	c, err := findConfiguration(k.Startup)
	if err != nil {
		return nil, err
	}
	doc, err := c.document(k)
	if err != nil {
		return nil, err
	}
	k.Role = c.role
	// Determine the family first, since older kits lack fields that the rest needs.
	if k.Family = family(doc, k); k.Family == Family26 {
		return nil, &kit.FieldError{
			File: doc.file, Problem: "belongs to NVFLARE 2.6 or older",
			Fix: "provision the federation with NVFLARE 2.7 or later",
		}
	}
	if err := c.fillKit(k, doc); err != nil {
		return nil, err
	}
	return k, nil
}

// document is the configuration file as a tree.
func (c configuration) document(k *kit.Kit) (*document, error) {
	data, _ := k.Startup.Get(c.file)
	return parseDocument(path.Join(kit.StartupDir, c.file), data)
}

// fillKit reads the certificates first, since they contain the participant's name.
func (c configuration) fillKit(k *kit.Kit, doc *document) error {
	if err := fillCertificates(k, c, doc); err != nil {
		return err
	}
	d, err := c.details(doc)
	if err != nil {
		return err
	}
	if err := c.fill(doc, k); err != nil {
		return err
	}
	k.Public = []string{c.file, path.Base(k.Paths.Certificate), path.Base(k.Paths.Root), SignatureFile, CustomRootFile}
	if role := AdminRole(k); role != "" {
		k.Attributes = append(k.Attributes, kit.Attribute{Name: "Admin Role", Value: role})
	}
	k.Attributes = append(k.Attributes, kit.Attribute{Name: "Connection", Value: d.security})
	return nil
}

func findConfiguration(startup kit.Files) (configuration, error) {
	var found []configuration
	for _, c := range configurations() {
		if _, ok := startup.Get(c.file); ok {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return configuration{}, noConfiguration(startup)
	}
	return configuration{}, &kit.FieldError{
		File: kit.StartupDir, Problem: fmt.Sprintf("contains both %s and %s", found[0].file, found[1].file),
		Fix: "a kit belongs to one participant: " + asProvisioned,
	}
}

// The configuration files of kits that are not supported in Kubernetes.
const (
	relayConfig    = "fed_relay.json"
	overseerConfig = "privilege.yml"
)

func noConfiguration(startup kit.Files) error {
	if _, ok := startup.Get(relayConfig); ok {
		return &kit.FieldError{File: kit.StartupDir, Problem: "belongs to a relay, and kits of relays are not supported", Fix: "use the kit of a server, client or admin"}
	}
	if _, ok := startup.Get(overseerConfig); ok {
		return &kit.FieldError{
			File: kit.StartupDir, Problem: "belongs to an overseer of NVFLARE 2.6 or older",
			Fix: "provision the federation with NVFLARE 2.7 or later",
		}
	}
	return &kit.FieldError{
		File: kit.StartupDir, Problem: fmt.Sprintf("contains none of %s, %s and %s", ServerConfig, ClientConfig, AdminConfig),
		Fix: asProvisioned,
	}
}
