//go:build linux

package cluster

import (
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

const containerdSocket = "/run/containerd/containerd.sock"

func (c Cluster) daemons() []machine.Daemon {
	return []machine.Daemon{
		c.etcd(), c.apiserver(), c.controllerManager(), c.scheduler(),
		c.daemon("containerd", nil, "--config", c.dir("containerd.toml")),
		c.daemon("kubelet", []string{c.api(), containerdSocket},
			"--config", c.dir("kubelet.yaml"), "--kubeconfig", c.kubeconfig("kubelet"),
			"--root-dir", c.dir("kubelet"), "--hostname-override", c.node(), "--node-ip", c.Address()),
		// conntrack's limits belong to the whole kernel: left as they are.
		c.daemon("kube-proxy", []string{c.api()},
			"--kubeconfig", c.kubeconfig("kube-proxy"), "--proxy-mode", "iptables", "--cluster-cidr", c.podCIDR(),
			"--hostname-override", c.node(), "--conntrack-max-per-core", "0",
			"--conntrack-tcp-timeout-established", "0", "--conntrack-tcp-timeout-close-wait", "0"),
		c.daemon("networkpolicy", []string{c.api()}, c.kubeconfig("networkpolicy"), c.node(), c.serviceCIDR()),
		c.daemon("coredns", []string{c.api()}, "-conf", c.dir("Corefile")),
		c.daemon("provisioner", []string{c.api()}, c.kubeconfig("provisioner"), c.dir("volumes")),
		c.daemon("certmanager", []string{c.api()}, c.kubeconfig("certmanager")),
	}
}

// api is where others wait for the API server.
func (c Cluster) api() string { return c.Address() + ":6443" }

func (c Cluster) daemon(name string, after []string, args ...string) machine.Daemon {
	return machine.Daemon{Name: name, After: after, Argv: append([]string{filepath.Join(paths.Bin, name)}, args...)}
}

func (c Cluster) etcd() machine.Daemon {
	return c.daemon("etcd", nil, "--name", c.node(), "--data-dir", c.dir("etcd"),
		"--listen-client-urls", "http://127.0.0.1:2379", "--advertise-client-urls", "http://127.0.0.1:2379",
		"--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
		"--initial-cluster", c.node()+"=http://127.0.0.1:2380",
		// A lab may lose its data when the machine's power fails.
		"--unsafe-no-fsync", "--log-level", "warn")
}

func (c Cluster) apiserver() machine.Daemon {
	return c.daemon("kube-apiserver", []string{"127.0.0.1:2379"},
		"--etcd-servers", "http://127.0.0.1:2379",
		"--advertise-address", c.Address(), "--bind-address", "0.0.0.0", "--secure-port", "6443",
		"--service-cluster-ip-range", c.serviceCIDR(),
		"--allow-privileged", "--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction",
		"--client-ca-file", c.pki("ca.crt"),
		"--tls-cert-file", c.pki("apiserver.crt"), "--tls-private-key-file", c.pki("apiserver.key"),
		"--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file", c.pki("sa.pub"), "--service-account-signing-key-file", c.pki("sa.key"),
		// By address: no DNS knows the node's name.
		"--kubelet-preferred-address-types", "InternalIP", "--kubelet-certificate-authority", c.pki("ca.crt"),
		"--kubelet-client-certificate", c.pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key", c.pki("apiserver-kubelet-client.key"))
}

func (c Cluster) controllerManager() machine.Daemon {
	return c.daemon("kube-controller-manager", []string{c.api()},
		"--kubeconfig", c.kubeconfig("controller-manager"), "--leader-elect=false",
		"--use-service-account-credentials", "--root-ca-file", c.pki("ca.crt"),
		"--service-account-private-key-file", c.pki("sa.key"))
}

func (c Cluster) scheduler() machine.Daemon {
	return c.daemon("kube-scheduler", []string{c.api()}, "--kubeconfig", c.kubeconfig("scheduler"), "--leader-elect=false")
}
