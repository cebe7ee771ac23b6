//go:build linux

// Package cluster describes one Kubernetes cluster of the lab: a machine that is
// control plane and node in one.
package cluster

import (
	"fmt"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
)

// Max is how many clusters fit the lab's network.
const Max = 9

// Cluster is the cluster with that number, from 1 to Max.
type Cluster struct {
	Number int
}

// All lists the clusters of a lab.
func All(count int) []Cluster {
	var all []Cluster
	for n := 1; n <= count; n++ {
		all = append(all, Cluster{Number: n})
	}
	return all
}

// Name is the cluster's name: its machine's, and its context's in the kubeconfig.
func (c Cluster) Name() string { return fmt.Sprintf("lab-%d", c.Number) }

// Address is the node's, where the API server listens too.
func (c Cluster) Address() string { return fmt.Sprintf("198.18.0.%d", 10+c.Number) }

// Server is the API server's URL.
func (c Cluster) Server() string { return "https://" + c.Address() + ":6443" }

func (c Cluster) node() string        { return c.Name() }
func (c Cluster) podCIDR() string     { return fmt.Sprintf("198.19.%d.0/24", c.Number) }
func (c Cluster) serviceCIDR() string { return fmt.Sprintf("198.19.%d.0/24", 128+c.Number) }
func (c Cluster) serviceIP() string   { return fmt.Sprintf("198.19.%d.1", 128+c.Number) }

func (c Cluster) dir(elem ...string) string {
	return filepath.Join(append([]string{paths.Machine(c.Name())}, elem...)...)
}

func (c Cluster) pki(file string) string { return c.dir("pki", file) }

// Machine is what runs the cluster.
func (c Cluster) Machine() machine.Machine {
	routes := map[string]string{}
	// To all that there can be: another cluster may come later.
	for _, other := range All(Max) {
		if other.Number != c.Number {
			routes[other.podCIDR()] = other.Address()
			routes[other.serviceCIDR()] = other.Address()
		}
	}
	return machine.Machine{Name: c.Name(), Address: c.Address(), Routes: routes, Daemons: c.daemons()}
}

// values fill the configuration files.
func (c Cluster) values() map[string]string {
	return map[string]string{
		"Dir":     c.dir(),
		"Bin":     paths.Bin,
		"Address": c.Address(),
		"Node":    c.node(),
		"PodCIDR": c.podCIDR(),
		"Cgroup":  c.Machine().Cgroup(),
		"Pause":   registry.Pause,
	}
}
