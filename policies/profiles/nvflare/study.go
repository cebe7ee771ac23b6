package nvflare

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// Study implements profiles.Studier.
func (Profile) Study(mountPath string) (study, dataset string, ok bool) {
	rest, ok := strings.CutPrefix(mountPath, nvflare.DataPath+"/")
	study, dataset, named := strings.Cut(rest, "/")
	if !ok || !named || !nvflare.IsStudyName(study) || !nvflare.IsStudyName(dataset) {
		return "", "", false
	}
	return study, dataset, true
}

// StudyPath implements profiles.Studier.
func (Profile) StudyPath() string { return nvflare.DataPath + "/<study>/<dataset>" }
