package federation

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Importer is implemented by the workloads of frameworks that have files of their own about
// who takes part.
type Importer interface {
	// ImportedFile is the usual name of such a file.
	ImportedFile() string
	// Import reads such a file. Its error has no name of a file.
	Import(data []byte) (*Federation, error)
}

// Import reads a file of a framework. Without a framework that has such files, the error says
// which there are.
func Import(known *workloads.Registry, file string, data []byte) (*Federation, error) {
	var with []string
	var last error
	for _, framework := range known.All() {
		importer, ok := framework.Workloads.(Importer)
		if !ok {
			continue
		}
		f, err := importer.Import(data)
		if err == nil {
			f.places = &places{file: file}
			return f, nil
		}
		with, last = append(with, importer.ImportedFile()+" of "+framework.Describe().Title), err
	}
	switch len(with) {
	case 0:
		return nil, fmt.Errorf("%s: no framework has a file that can be read: give a file of the kind %s", file, Kind)
	case 1:
		return nil, fmt.Errorf("%s: it is not a valid %s: %w", file, with[0], last)
	}
	return nil, fmt.Errorf("%s: it is none of %s", file, strings.Join(with, ", "))
}

// KitDir is the folder of the kit of the participant with the number i; empty if no file says
// where it is. base is the folder at which relative paths begin.
func (f *Federation) KitDir(i int, base string) (string, error) {
	p := f.Spec.Participants[i]
	switch {
	case p.Kit == ProvisionKit:
		return "", nil
	case p.Kit != "":
		return from(base, p.Kit), nil
	case f.Spec.Kits == "":
		return "", nil
	}
	found, err := filepath.Glob(from(base, f.Spec.Kits))
	if err != nil {
		return "", fmt.Errorf("is %q, which is not a valid pattern: %w", f.Spec.Kits, err)
	}
	if len(found) == 0 {
		return "", fmt.Errorf("is %q, and there is no such folder: make the kits first, or give their folder with --kits", f.Spec.Kits)
	}
	slices.Sort(found)
	return filepath.Join(found[len(found)-1], p.Name), nil
}

func from(base, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}
