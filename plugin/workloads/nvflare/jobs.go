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

// metaFiles are the names under which NVFLARE looks for a job's metadata; one of them must
// exist. Source: nvflare/apis/job_def.py, JobMetaKey and config formats.
func metaFiles() []string { return []string{"meta.json", "meta.conf", "meta.yml"} }

// validName is NVFLARE's rule for a job folder's name
// (nvflare/apis/utils/format_check.py, simple names with dots and hyphens).
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// validID is the form of the IDs that NVFLARE gives jobs (nvflare/app_common/job_def_managers,
// create: uuid4).
var validID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Operator is the admin.
func (Workloads) Operator() kit.Role { return nvflare.RoleAdmin }

// CheckID accepts UUIDs.
func (Workloads) CheckID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("%q is not the ID of a job of NVFLARE, such as 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1: list the jobs with `kubectl flare job list`", id)
	}
	return nil
}

// CheckJob checks the name, and that there is a file with metadata.
func (Workloads) CheckJob(name string, folder fs.FS) error {
	if !validName.MatchString(name) {
		return errors.New("NVFLARE allows letters, digits, dots, hyphens and underscores in the name of a job folder: rename it")
	}
	for _, meta := range metaFiles() {
		if _, err := fs.Stat(folder, meta); err == nil {
			return nil
		}
	}
	return fmt.Errorf("it is not a job folder: it has no %s", strings.Join(metaFiles(), ", "))
}
