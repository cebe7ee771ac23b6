package flower

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// The names of files in Flower's guides and examples. Source: its guides "Enable TLS
// connections" and "Authenticate SuperNodes", and the scripts of its examples
// flower-authentication and quickstart-docker, 1.42.0.
func rootNames() []string   { return []string{RootFile, "ca.pem"} }
func caKeyNames() []string  { return []string{"ca.key"} }
func serverNames() []string { return []string{"server.pem", "server.crt", ServerCertificateFile} }
func serverKeys() []string  { return []string{"server.key", ServerKeyFile} }

// Loose looks for a root certificate beside a SuperLink's certificate or a SuperNode's public
// key.
func (Framework) Loose(paths []string) bool {
	has := func(names []string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return slices.Contains(names, path.Base(p)) })
	}
	public := slices.ContainsFunc(paths, func(p string) bool { return path.Ext(p) == ".pub" })
	return has(rootNames()) && (has(serverNames()) || has([]string{NodeKeyFile}) || public)
}

// Adopt makes kits of certificates and keys: one of the SuperLink if its certificate and key
// are there, and one of each SuperNode whose private key is there. With the root's key, they
// get the certificates that they lack.
func (Framework) Adopt(files map[string][]byte, a *provisioning.Adoption) ([]provisioning.Kit, error) {
	run := &adoptRun{files: files, adoption: a}
	if err := run.open(); err != nil {
		return nil, err
	}
	nodes, err := run.nodes()
	if err != nil {
		return nil, err
	}
	if err := run.server(nodes); err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if n.private != nil {
			s := run.spec(provisioning.Member{Name: n.Name, Org: a.Org}, RoleClient)
			if err := run.add(s, Credentials{Key: n.private, KeyFile: n.file}); err != nil {
				return nil, err
			}
		}
	}
	if err := run.admins(); err != nil {
		return nil, err
	}
	if run.kits == nil {
		return nil, fmt.Errorf("there is nothing to adopt: it has neither a SuperLink's certificate and key (%s, %s) nor a SuperNode's private key in OpenSSH's form", serverNames()[0], serverKeys()[0])
	}
	return run.kits, nil
}

// adoptRun is the state of one call of Adopt.
type adoptRun struct {
	files    map[string][]byte
	adoption *provisioning.Adoption
	root     *x509.Certificate
	// issuer is nil without the root's key.
	issuer *pki.Issuer
	kits   []provisioning.Kit
}

// one finds the file with one of the names. Two of them are an error, since it is not known
// which one is used.
func (r *adoptRun) one(names []string) (string, error) {
	var found []string
	for _, file := range slices.Sorted(maps.Keys(r.files)) {
		if slices.Contains(names, path.Base(file)) {
			found = append(found, file)
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s and %s could both be meant: leave one of them in the folder", found[0], found[1])
}

func (r *adoptRun) open() error {
	file, err := r.one(rootNames())
	if err != nil {
		return err
	}
	if file == "" {
		return fmt.Errorf("it has no root certificate: %s is missing", RootFile)
	}
	if r.root, err = pki.ParseCertificate(r.files[file]); err != nil {
		return fmt.Errorf("%s %w", file, err)
	}
	if err := pki.CheckRoot(r.root); err != nil {
		return fmt.Errorf("%s is not a root certificate: %w", file, err)
	}
	file, err = r.one(caKeyNames())
	if err != nil || file == "" {
		return err
	}
	key, err := pki.ParseKey(r.files[file])
	if err != nil {
		return fmt.Errorf("%s %w", file, err)
	}
	if !pki.Equal(key.Public(), r.root.PublicKey) {
		return fmt.Errorf("%s does not belong to the root certificate", file)
	}
	r.issuer = &pki.Issuer{Certificate: r.root, Key: key}
	return nil
}

// foundNode is a SuperNode whose public or private key was found.
type foundNode struct {
	Node
	private crypto.Signer
	// file is that of the private key.
	file []byte
}

// nodes are the SuperNodes by name. A private key and its public one are one SuperNode.
func (r *adoptRun) nodes() ([]foundNode, error) {
	found := map[string]foundNode{}
	for _, file := range slices.Sorted(maps.Keys(r.files)) {
		data := r.files[file]
		n := foundNode{Node: Node{Name: r.nameOf(file)}}
		var public crypto.PublicKey
		var err error
		switch {
		case bytes.Contains(data, []byte("OPENSSH PRIVATE KEY")):
			n.file = data
			if n.private, err = openssh.ParsePrivateKey(data); err == nil {
				public = n.private.Public()
			}
		case path.Ext(file) == ".pub":
			public, err = openssh.ParsePublicKey(data)
		default:
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s %w", file, err)
		}
		if n.Key, err = openssh.EncodePublicKey(public); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		old, twice := found[n.Name]
		if twice && old.Key != n.Key {
			return nil, fmt.Errorf("%s and another file have different keys for the SuperNode %s", file, kit.Quote(n.Name))
		}
		if n.private == nil {
			n.private, n.file = old.private, old.file
		}
		found[n.Name] = n
	}
	var all []foundNode
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all, nil
}

func (r *adoptRun) nameOf(file string) string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if name, ok := r.adoption.Names[base]; ok {
		return name
	}
	return base
}

func (r *adoptRun) spec(m provisioning.Member, role kit.Role) Spec {
	p := &r.adoption.Project
	s := Spec{Federation: p.Name, Participant: m.Name, Role: role, Org: m.Org, Version: p.Version, SuperLink: p.Server.Address}
	if role != RoleClient {
		s.Control = p.Server.AdminAddress
	}
	if role == RoleServer {
		s.Names = p.Server.Names
	}
	return s
}

// server adopts the SuperLink. With the root's key, its certificate gets the names that it
// needs.
func (r *adoptRun) server(nodes []foundNode) error {
	certificate, err := r.one(serverNames())
	if err != nil || certificate == "" {
		return err
	}
	key, err := r.one(serverKeys())
	if err != nil || key == "" {
		return err
	}
	s := r.spec(r.adoption.Project.Server.Member, RoleServer)
	for _, n := range nodes {
		s.Nodes = append(s.Nodes, n.Node)
	}
	var c Credentials
	if c.Certificate, err = pki.ParseCertificate(r.files[certificate]); err != nil {
		return fmt.Errorf("%s %w", certificate, err)
	}
	if c.Key, err = pki.ParseKey(r.files[key]); err != nil {
		return fmt.Errorf("%s %w", key, err)
	}
	return r.add(s, c)
}

func (r *adoptRun) admins() error {
	for _, m := range r.adoption.Project.Admins {
		if r.issuer == nil {
			return errors.New("a scientist's kit needs a certificate of the federation: put the root's key, ca.key, into the folder")
		}
		key, err := NewKey()
		if err != nil {
			return err
		}
		if err := r.add(r.spec(m, RoleAdmin), Credentials{Key: key}); err != nil {
			return err
		}
	}
	return nil
}

func (r *adoptRun) add(s Spec, c Credentials) error {
	if wrong := s.check(); wrong != nil {
		return fmt.Errorf("%s: %s %s", s.Participant, wrong.field, wrong.text)
	}
	c.Root = r.root
	if r.issuer != nil {
		a := r.adoption
		fresh, err := Issue(s, c.Key, r.issuer, a.Now.Add(-clockSkew), a.Now.Add(a.ValidFor))
		if err != nil {
			return err
		}
		fresh.KeyFile = c.KeyFile
		c = fresh
	}
	content, err := Write(s, c, DefaultLocal(s.Role))
	if err != nil {
		return err
	}
	r.kits = append(r.kits, provisioning.Kit{Participant: s.Participant, Role: s.Role, Content: content})
	return nil
}
