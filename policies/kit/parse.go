package kit

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// configuration is the file that makes a kit the kit of a role.
type configuration struct {
	file string
	role Role
	// certificate, key and root are the fields that name those files.
	certificate, key, root []any
	// security is the field connection_security.
	security []any
	fill     func(*document, *Kit) error
}

func configurations() []configuration {
	server, client := []any{"servers", 0}, []any{"client"}
	return []configuration{
		serviceConfiguration("fed_server.json", RoleServer, server, fillServer),
		serviceConfiguration("fed_client.json", RoleClient, client, fillClient),
		{
			file: "fed_admin.json", role: RoleAdmin,
			certificate: []any{"admin", "client_cert"}, key: []any{"admin", "client_key"}, root: []any{"admin", "ca_cert"},
			security: []any{"admin", "connection_security"}, fill: fillAdmin,
		},
	}
}

// serviceConfiguration is what the server's and the client's file have in common.
func serviceConfiguration(file string, role Role, at []any, fill func(*document, *Kit) error) configuration {
	in := func(key string) []any { return append(append([]any{}, at...), key) }
	return configuration{
		file: file, role: role, fill: fill,
		certificate: in("ssl_cert"), key: in("ssl_private_key"), root: in("ssl_root_cert"),
		security: in("connection_security"),
	}
}

// Parse makes a kit of files that are already read, for example out of a Secret.
// local may be nil where only startup/ is at hand. The order of the files does
// not matter.
func Parse(startup, local Files) (*Kit, error) {
	return filled(&Kit{Startup: startup, Local: local})
}

func filled(k *Kit) (*Kit, error) {
	if err := k.fill(); err != nil {
		return nil, err
	}
	return k, nil
}

// fill finds out from its files whose kit it is.
func (k *Kit) fill() (err error) {
	if k.Startup, err = sorted(startupDir, k.Startup); err != nil {
		return err
	}
	if k.Local, err = sorted(localDir, k.Local); err != nil {
		return err
	}
	if err := checkNoSeal(k.Startup); err != nil {
		return err
	}
	c, err := findConfiguration(k.Startup)
	if err != nil {
		return err
	}
	data, _ := k.Startup.Get(c.file)
	doc, err := parseDocument(path.Join(startupDir, c.file), data)
	if err != nil {
		return err
	}
	k.Role = c.role
	// The family comes first: an older kit lacks what the rest asks for.
	if k.Family = family(doc, k); k.Family == Family26 {
		return &FieldError{
			File: doc.file, Problem: "belongs to NVFLARE 2.6 or older",
			Fix: "provision the federation with NVFLARE 2.7 or later",
		}
	}
	return fillKit(k, c, doc)
}

// sorted gives a copy in the order that the digest needs, after a look at the
// names: each must be legal and stand there once.
func sorted(dir string, files Files) (Files, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files {
		if err := checkFileName(dir, f.Name); err != nil {
			return nil, err
		}
		if i > 0 && files[i-1].Name == f.Name {
			return nil, &FieldError{File: path.Join(dir, f.Name), Problem: "is there twice", Fix: asProvisioned}
		}
	}
	return files, nil
}

// fillKit reads certificates first, since the participant's name stands there.
func fillKit(k *Kit, c configuration, doc *document) error {
	if err := fillCertificates(k, c, doc); err != nil {
		return err
	}
	if err := fillSecurity(k, doc, c.security); err != nil {
		return err
	}
	return c.fill(doc, k)
}

func findConfiguration(startup Files) (configuration, error) {
	var found []configuration
	var names []string
	for _, c := range configurations() {
		names = append(names, c.file)
		if _, ok := startup.Get(c.file); ok {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return configuration{}, noConfiguration(startup, names)
	}
	return configuration{}, &FieldError{
		File: startupDir, Problem: fmt.Sprintf("holds both %s and %s", found[0].file, found[1].file),
		Fix: "a kit belongs to one participant: " + asProvisioned,
	}
}

// noConfiguration names the kits that exist but that we do not serve.
func noConfiguration(startup Files, names []string) error {
	if _, ok := startup.Get("fed_relay.json"); ok {
		return &FieldError{File: startupDir, Problem: "is a relay's: relay kits are not supported", Fix: "use the kit of a server, client or admin"}
	}
	if _, ok := startup.Get("privilege.yml"); ok {
		return &FieldError{
			File: startupDir, Problem: "is an overseer's, which belongs to NVFLARE 2.6 or older",
			Fix: "provision the federation with NVFLARE 2.7 or later",
		}
	}
	return &FieldError{
		File: startupDir, Problem: "holds none of " + strings.Join(names, ", "),
		Fix: asProvisioned,
	}
}
