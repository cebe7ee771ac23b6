// Package builtin registers the frameworks of this version of kubectl flare. Only this
// package knows all of them.
package builtin

import (
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/flower"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
)

// Default is a registry with every framework of this version. It panics if NewRegistry
// rejects one of them, which a test excludes.
func Default() *workloads.Registry {
	r, err := workloads.NewRegistry(flower.Workloads{}, nvflare.Workloads{})
	if err != nil {
		panic(err)
	}
	return r
}
