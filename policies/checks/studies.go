package checks

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// studyMount requires that data for certain studies is mounted at the path of one of them,
// and that local/ of the job's parent says so: the path alone is what the server asked for.
func (p *Pod) studyMount(c Container, i int, rule *v1alpha1.DataRule) []Result {
	m, field := &c.VolumeMounts[i], indexed("volumeMounts", i)+".mountPath"
	studier, ok := p.Profile.(profiles.Studier)
	if !ok {
		return []Result{p.failIn(c, IDData, field, "the data is for studies", "remove it", "jobs of this framework belong to no study")}
	}
	study, dataset, ok := studier.Study(m.MountPath)
	switch {
	case !ok:
		return []Result{p.failIn(c, IDData, field, "the data is mounted at another path", "mount it at "+studier.StudyPath(), "claim %s at %s", quote(rule.ClaimName), quote(m.MountPath))}
	case !slices.Contains(rule.Studies, study):
		return []Result{p.failIn(c, IDData, field, "the data is for other studies", "remove it, or add the study to the policy",
			"claim %s is for %s, and the job is of the study %s", quote(rule.ClaimName), strings.Join(rule.Studies, ", "), quote(study))}
	case !p.Create || p.Template || p.hasDataset(study, dataset, rule.ClaimName, m.ReadOnly):
		return nil
	}
	return []Result{p.failIn(c, IDData, field, "the parent does not mount this data for the study", "add the dataset to the study in local/ of the parent, seal it and inject the kit again",
		"claim %s is not the dataset %s of the study %s in local/", quote(rule.ClaimName), quote(dataset), quote(study))}
}

// hasDataset says whether local/ of the parent has the dataset. What it has for reading only
// may not be mounted for writing.
func (p *Pod) hasDataset(study, dataset, claim string, readOnly bool) bool {
	for _, r := range p.readings() {
		for _, d := range r.Datasets {
			if d.Study == study && d.Name == dataset && d.Source == claim && (readOnly || !d.ReadOnly) {
				return true
			}
		}
	}
	return false
}

// twoStudies denies a job with data of two studies: a job belongs to one.
func (p *Pod) twoStudies() []Result {
	studier, ok := p.Profile.(profiles.Studier)
	if !ok || p.Process.Kind != profiles.KindJob {
		return nil
	}
	first := ""
	for _, c := range p.containers {
		for i := range c.VolumeMounts {
			study, _, ok := studier.Study(c.VolumeMounts[i].MountPath)
			if !ok || study == first {
				continue
			}
			if first != "" {
				return []Result{p.failIn(c, IDData, indexed("volumeMounts", i)+".mountPath", "data of two studies", "mount the data of one study only",
					"the job mounts data of the study %s and of the study %s", quote(first), quote(study))}
			}
			first = study
		}
	}
	return nil
}
