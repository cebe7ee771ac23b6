//go:build linux

package build

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kubernetes is the version of Kubernetes that the lab runs. It is what
// modules/go.mod requires.
const Kubernetes = "1.37.2"

// Binaries lists what the lab is made of. Kubernetes comes first: it compiles
// most of what the others share with it.
func Binaries() []Binary {
	return []Binary{
		{
			Name: "kubernetes", Package: "./kubernetes", LDFlags: stamp(),
			Links: []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"},
		},
		{Name: "etcd", Package: "./etcd"},
		containerd("containerd"), containerd("containerd-shim-runc-v2"),
		// Without the tag every pod fails with "seccomp not supported".
		{Name: "runc", Package: "github.com/opencontainers/runc", Tags: "seccomp", CGO: true},
		{Name: "certmanager", Package: "./certmanager"},
		{Name: "coredns", Package: "./coredns"},
		{Name: "registry", Package: "./registry"},
		{Name: "provisioner", Package: "./provisioner"},
		{Name: "networkpolicy", Package: "./networkpolicy"},
		{Name: "image", Package: "./image"},
		{Name: "pause", Package: "./image/pause"},
	}
}

// stamp is the linker's flags that tell Kubernetes its version.
func stamp() string {
	major, minor, _ := strings.Cut(Kubernetes, ".")
	minor, _, _ = strings.Cut(minor, ".")
	const version = "k8s.io/component-base/version."
	return fmt.Sprintf("-X %sgitVersion=v%s -X %sgitMajor=%s -X %sgitMinor=%s", version, Kubernetes, version, major, version, minor)
}

// containerd is one of containerd's programs without what no pod of the lab
// uses: other snapshotters than overlayfs, tracing, Intel RDT, and plugins in
// WebAssembly, which bring a compiler along.
func containerd(name string) Binary {
	return Binary{
		Name: name, Package: "github.com/containerd/containerd/v2/cmd/" + name,
		Tags: "no_btrfs,no_zfs,no_devmapper,no_rdt,no_tracing,nri_no_wasm",
	}
}

// ModuleDir is the folder of a module that the lab's modules require.
func ModuleDir(path string) (string, error) {
	modules, err := Modules()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path)
	cmd.Dir = modules
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Modules is the folder of the lab's own module, found from the module that the
// working directory is in.
func Modules() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kubectl-flare/kubectl-flare").Output()
	if err != nil {
		return "", fmt.Errorf("run the lab from within the repository: go list: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "test", "lab", "modules"), nil
}
