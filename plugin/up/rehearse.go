package up

import (
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// rehearse makes the objects of all participants that are launched here, and reports what keeps
// one from having any: then none of the others is launched either.
func (o *Options) rehearse(all []member, r *federation.Report) {
	problems := make([]error, len(all))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range all {
		if m.apart || m.dir == "" || o.needsMore(m) {
			continue
		}
		group.Go(func() error {
			one, err := o.launcher(m, &engine.Reporter{})
			if err == nil {
				_, err = one.Objects()
			}
			problems[i] = err
			return nil
		})
	}
	_ = group.Wait() // the errors are in problems
	for i, err := range problems {
		if err != nil {
			r.Add(all[i].at, "(%s): %v", all[i].Name, err)
		}
	}
}

// needsMore says whether the objects depend on what is not known yet: a seal that is still to be
// made, or the paths of data, which the SitePolicy has.
func (o *Options) needsMore(m member) bool {
	if o.seal.Key != "" && m.kit != nil && !m.kit.sealed {
		return true
	}
	return slices.ContainsFunc(m.Data, func(d workloads.Data) bool { return d.MountPath == "" })
}
