package up

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// partition writes into local/ of each client which part of the data is its own. The clients
// of a file have data of their own.
func (o *Options) partition(f *federation.Federation) error {
	if o.files() {
		return nil
	}
	number := 0
	for _, p := range f.Spec.Participants {
		if p.Role != kit.RoleClient {
			continue
		}
		dir := filepath.Join(o.Dir, "kits", p.Name)
		k, err := source.Kit(o.known.Frameworks, dir)
		if err != nil {
			return err
		}
		files, err := o.framework.Partitioner.Partition(k.Local, number, o.Clients, o.ClientConfig)
		if err != nil {
			return fmt.Errorf("--client-config: %w", err)
		}
		if err := writeLocal(filepath.Join(dir, kit.LocalDir), k.Local, files); err != nil {
			return err
		}
		number++
	}
	return nil
}

// writeLocal writes the files that have changed.
func writeLocal(dir string, before, after kit.Files) error {
	for _, f := range after {
		if data, ok := before.Get(f.Name); ok && string(data) == string(f.Data) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, f.Mode); err != nil {
			return fmt.Errorf("cannot write the settings of a client: %w", err)
		}
	}
	return nil
}
