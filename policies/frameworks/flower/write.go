package flower

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// Credentials are the certificates and keys of a kit. Issue makes them; those of a
// federation that exists may lack what only the root's key can make.
type Credentials struct {
	// Root is the federation's root certificate.
	Root *x509.Certificate
	// Certificate is the participant's certificate. It may be nil for a SuperNode only.
	Certificate *x509.Certificate
	Key         crypto.Signer
	// KeyFile is the file that Key was read from, nil for a new key: OpenSSH's form has
	// random bytes, and so a key has many files.
	KeyFile []byte
	// Runtime is the certificate of a SuperNode's Runtime API, RuntimeKey its key, and
	// SuperExecSecret what SuperExec proves itself with. All are nil for other roles, and
	// may be nil for a SuperNode: then it cannot run its apps in other containers.
	Runtime         *x509.Certificate
	RuntimeKey      crypto.Signer
	SuperExecSecret []byte
}

const (
	public  fs.FileMode = 0o644
	private fs.FileMode = 0o600
)

// Write writes a kit with the given files of local/.
func Write(s Spec, c Credentials, local kit.Files) (*kit.Content, error) {
	if p := s.check(); p != nil {
		return nil, fmt.Errorf("%s %s", p.field, p.text)
	}
	if s.Role != RoleClient && c.Certificate == nil {
		return nil, fmt.Errorf("%s has no certificate: only a SuperNode can do without", s.Participant)
	}
	w := &writer{}
	data, err := s.encode()
	w.add(ConfigFile, public, data, err)
	w.add(RootFile, public, pki.EncodeCertificate(c.Root), nil)
	switch s.Role {
	case RoleServer:
		err = w.server(&s, c)
	case RoleClient:
		w.client(c)
	case RoleAdmin:
		err = w.admin(&s, c)
	}
	if err != nil || w.err != nil {
		return nil, fmt.Errorf("the kit of %s: %w", s.Participant, firstOf(err, w.err))
	}
	return kit.NewContent(w.files, local)
}

func firstOf(one, other error) error {
	if one != nil {
		return one
	}
	return other
}

// writer collects files and the first error.
type writer struct {
	files kit.Files
	err   error
}

func (w *writer) add(name string, mode fs.FileMode, data []byte, err error) {
	w.err = firstOf(w.err, err)
	w.files = append(w.files, kit.File{Name: name, Data: data, Mode: mode})
}

func (w *writer) server(s *Spec, c Credentials) error {
	if p := checkNodes(s.Nodes); p != nil {
		return fmt.Errorf("%s%s %s", NodesFile, p.field, p.text)
	}
	key, err := pki.EncodeKey(c.Key)
	w.add(ServerCertificateFile, public, pki.EncodeCertificate(c.Certificate), nil)
	w.add(ServerKeyFile, private, key, err)
	nodes := s.Nodes
	if nodes == nil {
		nodes = []Node{}
	}
	list, err := json.MarshalIndent(nodes, "", "  ")
	w.add(NodesFile, public, append(list, '\n'), err)
	w.add(ProxyFile, public, proxyConfiguration(s), nil)
	return nil
}

func (w *writer) client(c Credentials) {
	key, err := c.KeyFile, error(nil)
	if key == nil {
		key, err = openssh.EncodePrivateKey(c.Key)
	}
	w.add(NodeKeyFile, private, key, err)
	line, err := openssh.EncodePublicKey(c.Key.Public())
	w.add(NodePublicKeyFile, public, []byte(line+"\n"), err)
	if c.Certificate != nil {
		w.add(ClientCertificateFile, public, pki.EncodeCertificate(c.Certificate), nil)
	}
	if c.Runtime != nil {
		key, err = pki.EncodeKey(c.RuntimeKey)
		w.add(RuntimeCertificateFile, public, pki.EncodeCertificate(c.Runtime), nil)
		w.add(RuntimeKeyFile, private, key, err)
		w.add(SuperExecSecretFile, private, c.SuperExecSecret, nil)
	}
}

func (w *writer) admin(s *Spec, c Credentials) error {
	key, err := pki.EncodeKey(c.Key)
	w.add(ClientCertificateFile, public, pki.EncodeCertificate(c.Certificate), nil)
	w.add(AdminKeyFile, private, key, err)
	w.add(ProxyFile, public, proxyConfiguration(s), nil)
	return err
}
