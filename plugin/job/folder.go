package job

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// maxJob bounds a job folder: larger ones contain data, which does not belong there.
const maxJob = 1 << 30

// folder is a job folder on this machine.
type folder struct {
	path string
	// name is the folder's own name, and so the job's.
	name string
	// configurations are what the frameworks whose jobs it can be make of the values that
	// are set, by the name of the framework.
	configurations map[string]string
}

// openFolder checks that the folder contains a job of one of the frameworks, which has the
// values to set, before anything is sent.
func openFolder(frameworks *workloads.Registry, path string, set []string) (folder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return folder{}, err
	}
	f := folder{path: abs, name: filepath.Base(abs)}
	info, err := os.Stat(abs)
	if err != nil {
		return f, fmt.Errorf("%w; give the job's folder", source.CannotRead(path, err))
	}
	if !info.IsDir() {
		return f, fmt.Errorf("%s is a file: give the job's folder", path)
	}
	if f.configurations, err = checkJob(frameworks, f, set); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, f.check()
}

// checkJob tries all frameworks with jobs: only the cluster knows for which of them the job
// is.
func checkJob(frameworks *workloads.Registry, f folder, set []string) (map[string]string, error) {
	found := map[string]string{}
	var errs []error
	for _, framework := range frameworks.WithJobs() {
		configuration, err := checkWith(framework, f, set)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found[framework.Framework()] = configuration
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, errors.Join(errs...)
}

func checkWith(framework *workloads.Framework, f folder, set []string) (string, error) {
	files := os.DirFS(f.path)
	if err := framework.Jobs.CheckJob(f.name, files); err != nil {
		return "", err
	}
	if len(set) == 0 {
		return "", nil
	}
	if framework.Configurer == nil {
		return "", fmt.Errorf("--set: jobs of %s have no values that can be set when they are submitted: change the files of the job", framework.Describe().Title)
	}
	configuration, err := framework.Configurer.Configure(files, set)
	if err != nil {
		return "", fmt.Errorf("--set: %w", err)
	}
	return configuration, nil
}

// check rejects what cannot be sent: links, which may lead out of the folder, and special
// files, which have no content.
func (f folder) check() error {
	var total int64
	return filepath.WalkDir(f.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is neither a file nor a folder: remove links and special files from the job folder", path)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if total += info.Size(); total > maxJob {
			return fmt.Errorf("%s: with this file, the job folder is larger than %d MiB: keep data at the sites, not in the job", path, maxJob>>20)
		}
		return nil
	})
}

// send writes the folder as a tar stream.
func (f folder) send(out io.Writer) error {
	archive := tar.NewWriter(out)
	if err := archive.AddFS(os.DirFS(f.path)); err != nil {
		return err
	}
	return archive.Close()
}
