package job

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// metaFiles are the names under which NVFLARE looks for a job's meta data; one
// must be there. Source: nvflare/apis/job_def.py, JobMetaKey and config formats.
func metaFiles() []string { return []string{"meta.json", "meta.conf", "meta.yml"} }

// legalName is NVFLARE's rule for a job folder's name
// (nvflare/apis/utils/format_check.py, simple names with dots and hyphens).
var legalName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// maxJob bounds a job folder: what is larger is data that does not belong in one.
const maxJob = 1 << 30

// folder is a job folder on this machine.
type folder struct {
	path string
	// name is the folder's own name, and so the job's.
	name string
}

// openFolder checks that a path holds a job before anything is sent anywhere.
func openFolder(path string) (folder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return folder{}, err
	}
	f := folder{path: abs, name: filepath.Base(abs)}
	info, err := os.Stat(abs)
	if err != nil {
		return f, fmt.Errorf("job folder: %w", err)
	}
	if !info.IsDir() {
		return f, fmt.Errorf("%s is a file: give the job's folder, the one that holds meta.json", path)
	}
	if !legalName.MatchString(f.name) {
		return f, fmt.Errorf("%s: NVFLARE takes letters, digits, dots, hyphens and underscores in a job folder's name: rename it", path)
	}
	for _, name := range metaFiles() {
		if _, err := os.Stat(filepath.Join(abs, name)); err == nil {
			return f, f.check()
		}
	}
	return f, fmt.Errorf("%s is no job folder: it has no %s", path, strings.Join(metaFiles(), ", "))
}

// check refuses what cannot be sent: links may lead out of the folder, special
// files have no content.
func (f folder) check() error {
	var total int64
	return filepath.WalkDir(f.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s: neither a file nor a folder: a job folder holds no links and no special files", path)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if total += info.Size(); total > maxJob {
			return fmt.Errorf("%s: with this file the job folder is larger than %d MiB: data belongs to the sites, not in the job", path, maxJob>>20)
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
