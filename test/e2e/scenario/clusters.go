package scenario

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
)

// SecondCluster starts another cluster of the lab, unless it runs, and returns the names of the
// contexts of both.
func (e Env) SecondCluster(ctx context.Context) (first, second string, err error) {
	if _, err := Must(ctx, nil, "go", "run", "github.com/kubectl-flare/kubectl-flare/test/lab", "up", "--clusters", "2"); err != nil {
		return "", "", err
	}
	return "lab-1", "lab-2", nil
}

// At is the same in another context: kubectl and the plugin are scripts that name it.
func (e Env) At(kubeContext string) (Env, error) {
	for name, program := range map[string]*string{"kubectl": &e.Kubectl, "flare": &e.Flare} {
		script := filepath.Join(e.Dir, name+"-"+kubeContext)
		line := fmt.Sprintf("#!/bin/sh\nexec '%s' --context '%s' \"$@\"\n", *program, kubeContext)
		if err := os.WriteFile(script, []byte(line), 0o700); err != nil {
			return e, err
		}
		*program = script
	}
	return e, nil
}

// NodeAddress is the address of the cluster's only node.
func (e Env) NodeAddress(ctx context.Context) (string, error) {
	return Must(ctx, nil, e.Kubectl, "get", "nodes", "-o", `jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}`)
}

// ThroughRelay writes a kubeconfig that reaches the cluster of one context through a relay, and
// all others as before. It returns its path.
func (e Env) ThroughRelay(r *Relay, kubeContext string) (string, error) {
	config, err := clientcmd.LoadFromFile(os.Getenv("KUBECONFIG"))
	if err != nil {
		return "", err
	}
	cluster := config.Clusters[config.Contexts[kubeContext].Cluster]
	target := strings.TrimPrefix(cluster.Server, "https://")
	if err := r.Start(target); err != nil {
		return "", err
	}
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return "", err
	}
	cluster.Server, cluster.TLSServerName = "https://"+r.Address(), host
	path := filepath.Join(e.Dir, "relayed-kubeconfig")
	return path, clientcmd.WriteToFile(*config, path)
}
