//go:build linux

package build

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kubernetes is the version of Kubernetes that the lab runs. It is what
// modules/kubernetes/go.mod requires.
const Kubernetes = "1.37.2"

// Binaries lists what the lab is made of.
func Binaries() []Binary {
	major, minor, _ := strings.Cut(Kubernetes, ".")
	minor, _, _ = strings.Cut(minor, ".")
	const version = "k8s.io/component-base/version."
	stamp := fmt.Sprintf("-X %sgitVersion=v%s -X %sgitMajor=%s -X %sgitMinor=%s", version, Kubernetes, version, major, version, minor)
	containerd := func(name string) Binary {
		return Binary{
			Name: name, Module: "containerd", Package: "github.com/containerd/containerd/v2/cmd/" + name,
			Tags: "no_btrfs,no_zfs,no_devmapper",
		}
	}
	return []Binary{
		{
			Name: "kubernetes", Module: "kubernetes", Package: ".", LDFlags: stamp,
			Links: []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"},
		},
		{Name: "etcd", Module: "etcd", Package: "."},
		containerd("containerd"), containerd("containerd-shim-runc-v2"), containerd("ctr"),
		// Without the tag every pod fails with "seccomp not supported".
		{Name: "runc", Module: "runc", Package: "github.com/opencontainers/runc", Tags: "seccomp", CGO: true},
		{Name: "certmanager", Module: "certmanager", Package: "."},
		{Name: "coredns", Module: "coredns", Package: "."},
		{Name: "registry", Module: "registry", Package: "."},
		{Name: "provisioner", Module: "provisioner", Package: "."},
		{Name: "image", Module: "image", Package: "."},
		{Name: "pause", Module: "image", Package: "./pause"},
	}
}

// ModuleDir is the folder of a module that one of the nested modules requires.
func ModuleDir(nested, path string) (string, error) {
	modules, err := Modules()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path)
	cmd.Dir = filepath.Join(modules, nested)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Modules is the folder of the nested modules, found from the module that the
// working directory lies in.
func Modules() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kubectl-flare/kubectl-flare").Output()
	if err != nil {
		return "", fmt.Errorf("run the lab from within the repository: go list: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "test", "lab", "modules"), nil
}
