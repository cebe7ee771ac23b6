package up

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// provisions says whether kubectl flare makes kits of the federation. It makes those of all
// participants or none, since they have one root.
func provisions(f *federation.Federation, r *federation.Report) bool {
	asked, given := 0, 0
	for i, p := range f.Spec.Participants {
		switch {
		case p.Kit == federation.ProvisionKit, p.Kit == "" && f.Spec.Kits == "":
			asked++
		default:
			given = i + 1
		}
	}
	if asked > 0 && given > 0 {
		r.Add(federation.ParticipantPath(given-1)+".kit", "is given, but kits of other participants are to be made: they would have another root; give all kits or none")
	}
	return asked > 0 && given == 0
}

// provisioner is the framework that makes the kits.
func (o *Options) provisioner(f *federation.Federation, r *federation.Report) frameworks.Registered {
	name := f.Spec.Framework.Name
	found, ok := o.known.Frameworks.Find(name)
	switch {
	case !ok:
		r.Add("spec.framework.name", "is %q, but no kits are given: give spec.kits, or one of the frameworks whose kits kubectl flare makes, %v", name, o.known.Frameworks.Provisioners())
	case found.Provisioner == nil:
		r.Add("spec.kits", "is missing: %s has a provisioning of its own; make the kits with it, and give their folder here or with --kits", found.Title())
	}
	return found
}

// complete gives the server an address that others in its cluster can dial, and the
// federation a version.
func (o *Options) complete(f *federation.Federation, framework frameworks.Registered, r *federation.Report) error {
	if framework.Provisioner == nil {
		return nil
	}
	all, err := f.Members()
	if err != nil {
		return err
	}
	for i, m := range all {
		if m.Role != kit.RoleServer || m.Address != "" {
			continue
		}
		namespace := m.Namespace
		if namespace == "" {
			if namespace, err = o.factory.Context(m.Context).Namespace(); err != nil {
				return err
			}
		}
		p := &f.Spec.Participants[i]
		p.Address, p.AdminAddress = framework.Provisioner.Addresses(kit.ObjectName(m.Name) + "." + namespace + ".svc")
		for _, other := range all {
			if other.Context != m.Context || other.Runtime == federation.RuntimeExternal {
				r.Add(federation.ParticipantPath(i)+".address", "(%s) is missing: %s runs in another cluster; give the address that it dials, as host:port", m.Name, other.Name)
				break
			}
		}
	}
	for _, m := range all {
		if v := tagged(m.Image); v != nil && f.Spec.Framework.Version == "" {
			f.Spec.Framework.Version = v.String()
		}
	}
	if f.Spec.Framework.Version == "" {
		r.Add("spec.framework.version", "is missing, and the tag of no image begins with a version: give it here or with --framework-version")
	}
	return nil
}

// makeKits makes the kits that are missing, or only lists them.
func (o *Options) makeKits(f *federation.Federation) (*provision.List, error) {
	p := provision.NewOptions(o.known.Frameworks, o.IOStreams, o.clock)
	p.Dir, p.Framework, p.File, p.DryRun = o.Dir, f.Spec.Framework.Name, cmp.Or(o.File, "the federation"), o.printer.DryRun
	list, err := p.Make(f)
	if err != nil {
		return nil, err
	}
	var missing []error
	for _, item := range list.Items {
		if item.Folder == "" {
			missing = append(missing, fmt.Errorf("the kit of %s is not in %s: put it back, or give another folder with --out", item.Participant, filepath.Clean(o.Dir)))
		}
	}
	return list, errors.Join(missing...)
}
