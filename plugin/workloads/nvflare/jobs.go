package nvflare

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// metaFiles are the names under which NVFLARE looks for a job's metadata; one
// must be there. Source: nvflare/apis/job_def.py, JobMetaKey and config formats.
func metaFiles() []string { return []string{"meta.json", "meta.conf", "meta.yml"} }

// legalName is NVFLARE's rule for a job folder's name
// (nvflare/apis/utils/format_check.py, simple names with dots and hyphens).
var legalName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Operator is the admin.
func (Workloads) Operator() kit.Role { return nvflare.RoleAdmin }

// CheckJob demands a legal name and a file with metadata.
func (Workloads) CheckJob(name string, folder fs.FS) error {
	if !legalName.MatchString(name) {
		return errors.New("NVFLARE takes letters, digits, dots, hyphens and underscores in a job folder's name: rename it")
	}
	for _, meta := range metaFiles() {
		if _, err := fs.Stat(folder, meta); err == nil {
			return nil
		}
	}
	return fmt.Errorf("it is no job folder: it has no %s", strings.Join(metaFiles(), ", "))
}
