package up

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// partition writes into local/ of each client which part of the data is its own.
func (o *Options) partition(list *provision.List) error {
	folders := map[string]string{}
	for _, item := range list.Items {
		folders[item.Participant] = item.Folder
	}
	for i := range o.Clients {
		name := o.clientName(i + 1)
		k, err := source.Kit(o.known.Frameworks, folders[name])
		if err != nil {
			return err
		}
		files, err := o.framework.Partitioner.Partition(k.Local, i, o.Clients, o.ClientConfig)
		if err != nil {
			return fmt.Errorf("--client-config: %w", err)
		}
		if err := writeLocal(filepath.Join(folders[name], kit.LocalDir), k.Local, files); err != nil {
			return err
		}
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
