//go:build linux

package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority issues a cluster's certificates. They last a year; a lab does not.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// identity is who a certificate speaks for.
type identity struct {
	// file is the base name of the .crt and .key files.
	file string
	// user and groups are the Kubernetes user, as CN and O.
	user   string
	groups []string
	// hosts are the DNS names and addresses of a server's certificate.
	hosts []string
}

func (c Cluster) identities() []identity {
	return []identity{
		{file: "apiserver", user: "kube-apiserver", hosts: []string{
			c.Address(), c.serviceIP(), "127.0.0.1", "localhost",
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
		}},
		{file: "kubelet-server", user: c.node(), hosts: []string{c.Address(), c.node()}},
		{file: "apiserver-kubelet-client", user: "kube-apiserver-kubelet-client", groups: []string{"system:masters"}},
		{file: "admin", user: "lab-admin", groups: []string{"system:masters"}},
		{file: "controller-manager", user: "system:kube-controller-manager"},
		{file: "scheduler", user: "system:kube-scheduler"},
		{file: "kubelet", user: "system:node:" + c.node(), groups: []string{"system:nodes"}},
		{file: "kube-proxy", user: "system:kube-proxy"},
		{file: "coredns", user: "lab:coredns"},
		{file: "provisioner", user: "lab:provisioner"},
		{file: "networkpolicy", user: "lab:networkpolicy"},
		// cert-manager's own roles are not part of the lab.
		{file: "certmanager", user: "lab:certmanager", groups: []string{"system:masters"}},
	}
}

// writePKI makes the cluster's certificates, unless they are there.
func (c Cluster) writePKI() error {
	if _, err := os.Stat(c.pki("sa.pub")); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, c.hasPKI())
	}
	if err := os.MkdirAll(c.pki(""), 0o700); err != nil {
		return err
	}
	ca, err := newAuthority(c.pki(""))
	if err != nil {
		return err
	}
	for _, id := range c.identities() {
		if err := ca.issue(id); err != nil {
			return err
		}
	}
	return writeServiceAccountKeys(c.pki(""))
}

// hasPKI says whether there is a certificate for each identity. The key of the authority is not
// kept: a cluster of an earlier version of the lab cannot get more.
func (c Cluster) hasPKI() error {
	for _, id := range c.identities() {
		if _, err := os.Stat(c.pki(id.file + ".crt")); err != nil {
			return fmt.Errorf("cluster %s is of another version of the lab: run `down` first: %w", c.Name(), err)
		}
	}
	return nil
}

func newAuthority(dir string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root := unsigned("lab")
	root.IsCA, root.BasicConstraintsValid = true, true
	root.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{dir: dir, cert: cert, key: key}, writePEM(filepath.Join(dir, "ca.crt"), "CERTIFICATE", der)
}

// unsigned is a certificate to be signed.
func unsigned(user string, groups ...string) *x509.Certificate {
	// 63 random bits: serial numbers must differ, nothing more.
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: user, Organization: groups},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(1, 0, 0),
	}
}

func (a *authority) issue(id identity) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leaf := unsigned(id.user, id.groups...)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	for _, host := range id.hosts {
		if address := net.ParseIP(host); address != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, address)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	if err := writePEM(filepath.Join(a.dir, id.file+".crt"), "CERTIFICATE", der); err != nil {
		return err
	}
	return writeKey(filepath.Join(a.dir, id.file+".key"), key)
}

// writeServiceAccountKeys writes the pair that signs and checks tokens. The
// public half comes last: it marks the folder as complete.
func writeServiceAccountKeys(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if err := writeKey(filepath.Join(dir, "sa.key"), key); err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, "sa.pub"), "PUBLIC KEY", der)
}

func writeKey(path string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(path, "EC PRIVATE KEY", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
