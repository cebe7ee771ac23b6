// Package builtin registers the frameworks that kubectl flare comes with. It is the
// only package that knows all of them.
package builtin

import (
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
)

// Default is a registry with every framework of this version. It panics if one of
// them is not described as NewRegistry demands, which a test excludes.
func Default() *workloads.Registry {
	r, err := workloads.NewRegistry(nvflare.Workloads{})
	if err != nil {
		panic(err)
	}
	return r
}
