package up

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// origin says where a federation comes from: a file of the kind Federation, a file of a
// framework, or else a number of clients.
type origin struct {
	File, Project string
	// Kits is the folder with the kits, if no file says it.
	Kits string
}

func (o *origin) files() bool { return o.File != "" || o.Project != "" }

// read reads the federation from a file. Relative paths in it begin at base.
func (o *origin) read(known *workloads.Registry, in io.Reader) (f *federation.Federation, base string, err error) {
	if o.File != "" && o.Project != "" {
		return nil, "", errors.New("-f and --project are both given: give one of them")
	}
	name := cmp.Or(o.File, o.Project)
	data, err := readFile(name, in)
	if err != nil {
		return nil, "", err
	}
	if o.File != "" {
		f, err = federation.Decode(name, data)
	} else {
		f, err = federation.Import(known, name, data)
	}
	if err != nil {
		return nil, "", err
	}
	if name != source.Stdin {
		base = filepath.Dir(name)
	}
	if o.Kits != "" {
		if f.Spec.Kits, err = filepath.Abs(o.Kits); err != nil {
			return nil, "", err
		}
	}
	return f, base, nil
}

// maxFile is the greatest size of a file, in bytes: ten thousand participants with settings
// of their own.
const maxFile = 4 << 20

func readFile(name string, in io.Reader) ([]byte, error) {
	if name != source.Stdin {
		file, err := os.Open(name)
		if err != nil {
			return nil, source.CannotRead(name, err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		return nil, source.CannotRead(name, err)
	case len(data) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MiB: this cannot be the right file", name, maxFile>>20)
	}
	return data, nil
}

// settle lets flags that are given replace the defaults of the file; participants' own
// settings stay.
func (o *Options) settle(f *federation.Federation) error {
	given := federation.Settings{Settings: o.template.Settings, JobRuntime: federation.JobRuntime(o.JobRuntime)}
	if !o.changed("storage-size") {
		given.Storage.Size = resource.Quantity{}
	}
	usual := federation.Settings{Settings: workloads.Settings{Storage: workloads.Storage{Size: o.template.Storage.Size}}}
	var err error
	if f.Spec.Defaults, err = usual.With(f.Spec.Defaults); err == nil {
		f.Spec.Defaults, err = f.Spec.Defaults.With(given)
	}
	if err != nil {
		return err
	}
	data, err := launch.ParseData(o.Data)
	if len(data) > 0 {
		clients := f.Spec.RoleDefaults[kit.RoleClient]
		clients.Data = data
		if f.Spec.RoleDefaults == nil {
			f.Spec.RoleDefaults = make(map[kit.Role]federation.Settings, 1)
		}
		f.Spec.RoleDefaults[kit.RoleClient] = clients
	}
	return err
}
