//go:build linux

package cluster

import (
	"bytes"
	"embed"
	"os"
	"path/filepath"
	"text/template"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
)

//go:embed files
var files embed.FS

// Prepare writes the certificates and configuration that the machine needs.
func (c Cluster) Prepare() error {
	if err := c.writePKI(); err != nil {
		return err
	}
	for _, user := range []string{"admin", "controller-manager", "scheduler", "kubelet", "kube-proxy", "coredns", "provisioner", "networkpolicy", "certmanager"} {
		if err := c.writeKubeconfig(user); err != nil {
			return err
		}
	}
	targets := map[string]string{
		"containerd.toml": c.dir("containerd.toml"),
		"cni.conflist":    c.dir("cni", "10-lab.conflist"),
		"kubelet.yaml":    c.dir("kubelet.yaml"),
		"resolv.conf":     c.dir("resolv.conf"),
		"Corefile":        c.dir("Corefile"),
		"bootstrap.yaml":  c.dir("bootstrap.yaml"),
	}
	for file, target := range targets {
		if err := render(file, target, c.values()); err != nil {
			return err
		}
	}
	for host, address := range map[string]string{registry.Host: registry.Address, registry.Private: registry.PrivateAddress} {
		if err := render("hosts.toml", c.dir("certs.d", host, "hosts.toml"), map[string]string{"Pull": address}); err != nil {
			return err
		}
	}
	return os.MkdirAll(c.dir("volumes"), 0o755)
}

func render(file, target string, values map[string]string) error {
	t, err := template.ParseFS(files, "files/"+file)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, out.Bytes(), 0o644)
}
