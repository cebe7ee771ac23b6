package frameworks

import (
	"errors"
	"io/fs"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

// Provisioner is a framework whose kits kubectl-flare makes, since it has no provisioning
// of its own.
type Provisioner interface {
	// Provision makes the kits of a project. Its errors name the field of a file of the
	// kind Federation. With the state and the kits of an earlier call it makes the same
	// root and the same keys, and the same files unless the project has changed.
	Provision(p *provisioning.Project, o provisioning.Options) (*provisioning.Result, error)
	// Addresses are what clients and admins dial of a server at a host, as host:port.
	Addresses(host string) (clients, admins string)
}

// Partitioner is a framework whose clients tell the code of jobs which part of the data is
// theirs.
type Partitioner interface {
	// Partition is local/ of a client with the number of its partition, which is 0 to of-1,
	// and with more values for the code of jobs. Its error names the key that is not valid.
	Partition(local kit.Files, number, of int, values map[string]string) (kit.Files, error)
}

// Provisioners are the names of the frameworks with this capability.
func (r *Registry) Provisioners() []string {
	return r.with(func(f Registered) bool { return f.Provisioner != nil })
}

// Adopter is a framework whose participants may have certificates and keys of a federation
// that was made without kits.
type Adopter interface {
	// Loose says whether files with these paths look like such certificates and keys.
	Loose(paths []string) bool
	// Adopt makes kits of the files in a folder and its subfolders, which are given by
	// their path. Its error says which files it looked for.
	Adopt(files map[string][]byte, a *provisioning.Adoption) ([]provisioning.Kit, error)
}

// Adopters are the names of the frameworks with this capability.
func (r *Registry) Adopters() []string {
	return r.with(func(f Registered) bool { return f.Adopter != nil })
}

func (r *Registry) with(capability func(Registered) bool) []string {
	var names []string
	for _, f := range r.all {
		if capability(f) {
			names = append(names, f.Name())
		}
	}
	return names
}

// maxLoose is how many files of a folder that is not a kit are looked at.
const maxLoose = 200

// loose changes the error about a folder without startup/ if a framework can make kits of
// what is in it.
func (r *Registry) loose(fsys fs.FS, err error) error {
	wrong, ok := errors.AsType[*kit.FieldError](err)
	if !ok || wrong.File != kit.StartupDir || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var paths []string
	_ = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || len(paths) >= maxLoose {
			return fs.SkipAll
		}
		if entry.Type().IsRegular() {
			paths = append(paths, name)
		}
		return nil
	})
	for _, f := range r.all {
		if f.Adopter != nil && f.Adopter.Loose(paths) {
			found := *wrong
			found.Problem = "is missing: this is not a startup kit, but it may have certificates and keys of " + f.Title()
			found.Fix = "make kits of them with `kubectl flare kit adopt DIR --framework=" + f.Name() + "`"
			return &found
		}
	}
	return err
}
