package flower

import (
	"crypto/x509"
	"fmt"
	"path"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// Read reads a kit. It returns a *kit.FieldError if a file is missing or invalid. Package
// acceptance decides whether the kit is genuine.
func (Framework) Read(content *kit.Content) (*kit.Kit, error) {
	s, err := readConfig(content.Startup)
	if err != nil {
		return nil, err
	}
	dialect, _ := DialectOf(s.Version)
	k := &kit.Kit{
		Content: *content, Framework: Name, Version: s.Version, Role: s.Role,
		Participant: s.Participant, Federation: s.Federation, Org: s.Org,
		Attributes: []kit.Attribute{{Name: "Dialect", Value: string(dialect)}},
	}
	k.Paths.Configuration = path.Join(kit.StartupDir, ConfigFile)
	address := s.SuperLink
	if s.Role == RoleAdmin {
		address = s.Control
	}
	host, port, _ := kit.SplitAddress(address)
	k.Server = kit.Endpoint{Scheme: scheme(dialect), Host: host, Port: port}
	r := &reader{k: k}
	root := r.certificate(RootFile)
	switch s.Role {
	case RoleServer:
		r.server(root)
	case RoleClient:
		r.client(root)
	case RoleAdmin:
		r.admin(root)
	}
	if r.err != nil {
		return nil, r.err
	}
	return k, nil
}

// scheme is that of addresses. Both dialects use TLS.
func scheme(d Dialect) string {
	if d == DialectHTTP {
		return "https"
	}
	return string(d)
}

// reader reads files until the first error.
type reader struct {
	k   *kit.Kit
	err error
}

func (r *reader) fail(name, text string) {
	if r.err == nil {
		r.err = &kit.FieldError{File: path.Join(kit.StartupDir, name), Problem: text, Fix: kit.AsProvisioned}
	}
}

func (r *reader) get(name string) []byte {
	data, ok := r.k.Startup.Get(name)
	if !ok {
		r.fail(name, "is missing")
	}
	return data
}

// certificate reads a file with one certificate. A second one would be trusted too, or
// sent to those who dial.
func (r *reader) certificate(name string) *x509.Certificate {
	data := r.get(name)
	if r.err != nil {
		return nil
	}
	c, err := pki.ParseCertificate(data)
	if err != nil {
		r.fail(name, err.Error())
		return nil
	}
	return c
}

// identity sets the participant's certificate, whose key is its identity.
func (r *reader) identity(root *x509.Certificate, name, key string) {
	c := r.certificate(name)
	if r.err != nil {
		return
	}
	k := r.k
	k.Certificate, k.Root = c, root
	k.KeyFingerprint = pki.KeyFingerprint(c.PublicKey)
	k.Paths.Certificate, k.Paths.Root = path.Join(kit.StartupDir, name), path.Join(kit.StartupDir, RootFile)
	r.key(key)
}

// key parses the private key, unless it is on a volume.
func (r *reader) key(name string) {
	r.k.Paths.Key = path.Join(kit.StartupDir, name)
	if r.err != nil || r.k.Elsewhere(name) {
		return
	}
	parse := pki.ParseKey
	if name == NodeKeyFile {
		parse = openssh.ParsePrivateKey
	}
	data := r.get(name)
	if r.err != nil {
		return
	}
	key, err := parse(data)
	if err != nil {
		r.fail(name, err.Error())
		return
	}
	r.k.OwnKey = key.Public()
}

func (r *reader) server(root *x509.Certificate) {
	r.identity(root, ServerCertificateFile, ServerKeyFile)
	if r.err != nil {
		return
	}
	k := r.k
	nodes, err := Nodes(k.Startup)
	if err != nil {
		r.err = err
		return
	}
	k.ServerNames = dialled(k.Certificate)
	k.Ports = []kit.Port{{Name: PortFleet, Number: FleetPort}, {Name: PortControl, Number: ControlPort}}
	k.Public = []string{ConfigFile, RootFile, ServerCertificateFile, NodesFile, ProxyFile}
	k.Attributes = append(k.Attributes, kit.Attribute{Name: "SuperNodes", Value: nodeNames(nodes)})
}

// dialled are the names of a certificate without those of loopback.
func dialled(c *x509.Certificate) []string {
	var all []string
	for _, name := range c.DNSNames {
		if name != "localhost" {
			all = append(all, name)
		}
	}
	for _, ip := range c.IPAddresses {
		if !ip.IsLoopback() {
			all = append(all, ip.String())
		}
	}
	return all
}

func nodeNames(nodes []Node) string {
	const most = 5
	var all []string
	for i, n := range nodes {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(nodes)-most))
			break
		}
		all = append(all, n.Name)
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}

func (r *reader) client(root *x509.Certificate) {
	k := r.k
	k.Public = []string{ConfigFile, RootFile, NodePublicKeyFile, ClientCertificateFile, RuntimeCertificateFile}
	if _, ok := k.Startup.Get(ClientCertificateFile); ok {
		r.identity(root, ClientCertificateFile, NodeKeyFile)
	} else {
		r.key(NodeKeyFile)
	}
	data := r.get(NodePublicKeyFile)
	if r.err != nil {
		return
	}
	key, err := openssh.ParsePublicKey(data)
	if err != nil {
		r.fail(NodePublicKeyFile, err.Error())
		return
	}
	k.KeyFingerprint = pki.KeyFingerprint(key)
	if k.KeyFingerprint == "" || !isECDSA(key) {
		r.fail(NodePublicKeyFile, "is not an ECDSA key: Flower accepts no other keys")
	}
}

func (r *reader) admin(root *x509.Certificate) {
	r.identity(root, ClientCertificateFile, AdminKeyFile)
	r.k.Public = []string{ConfigFile, RootFile, ClientCertificateFile, ProxyFile}
}
