package nvflare

import (
	"maps"
	"path"
	"regexp"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictyaml"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// The files that say what the launcher mounts into the jobs of a study. NVFLARE does not
// start jobs if both exist.
const (
	studyRuntimeFile = "study_runtime.yaml"
	studyDataFile    = "study_data.yaml"
)

// Datasets reads what the launcher mounts into jobs. Source: nvflare/app_opt/job_launcher,
// study_runtime.py and study_data.py, 2.9.0.
func (Framework) Datasets(local kit.Files) []settings.Dataset {
	r := &reader{files: local, folder: kit.LocalDir, role: RoleClient}
	r.studies()
	if len(r.findings) > 0 || len(r.datasets) > maxRead {
		return nil
	}
	return r.datasets
}

// studies reads study_runtime.yaml, or study_data.yaml of earlier versions.
func (r *reader) studies() {
	_, current := r.files.Get(studyRuntimeFile)
	_, old := r.files.Get(studyDataFile)
	switch {
	case current && old:
		r.file = path.Join(r.folder, studyDataFile)
		r.doubt(strictjson.Node{}, "it is there beside %s", studyRuntimeFile)
	case current:
		r.yaml(studyRuntimeFile, r.studyRuntime)
	case old:
		r.yaml(studyDataFile, r.studyData)
	}
}

// DataPath is the folder below which the launcher mounts data into jobs, at
// <study>/<dataset>. Source: nvflare/app_opt/job_launcher/study_data.py, 2.9.0.
const DataPath = "/data"

var studyName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$`)

// IsStudyName says whether a text can be the name of a study or dataset.
func IsStudyName(text string) bool { return studyName.MatchString(text) }

func (r *reader) studyRuntime(root map[string]strictjson.Node) {
	r.only("the file", root, "format_version", "studies")
	all, ok := root["studies"].Value.(map[string]strictjson.Node)
	if n, given := root["studies"]; given && !ok && n.Value != nil {
		r.doubt(n, "studies is not a mapping")
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if study, ok := r.named("study", name, all[name]); ok {
			names = append(names, name)
			r.study(name, study)
		}
	}
	if len(names) > 0 {
		r.set("studies", root["studies"], names)
	}
}

// named requires a valid name and a mapping.
func (r *reader) named(what, name string, n strictjson.Node) (map[string]strictjson.Node, bool) {
	object, ok := n.Value.(map[string]strictjson.Node)
	if !ok || !IsStudyName(name) {
		r.doubt(n, "the %s %s has an invalid name, or is not a mapping", what, kit.Quote(name))
		return nil, false
	}
	return object, true
}

func (r *reader) study(name string, study map[string]strictjson.Node) {
	at := "studies[" + name + "]"
	r.only("the study "+kit.Quote(name), study, "container", "pod_template", "docker_kwargs", "datasets", "env", "secret_env", "secret_mounts", "slurm")
	if container, ok := study["container"].Value.(map[string]strictjson.Node); ok {
		r.set(at+".container.image", container["image"], value(container["image"]))
	}
	if n, ok := study["pod_template"]; ok {
		r.set(at+".pod_template", n, true)
	}
	for _, key := range []string{"env", "secret_env", "secret_mounts"} {
		if object, ok := study[key].Value.(map[string]strictjson.Node); ok {
			r.set(at+"."+key, study[key], slices.Sorted(maps.Keys(object)))
		}
	}
	if n, ok := study["datasets"]; ok {
		r.ofStudy(name, n)
	}
}

func (r *reader) studyData(root map[string]strictjson.Node) {
	for _, name := range slices.Sorted(maps.Keys(root)) {
		if _, ok := r.named("study", name, root[name]); ok {
			r.ofStudy(name, root[name])
		}
	}
	if len(root) > 0 {
		r.found = append(r.found, settings.Setting{Path: "studies", Value: slices.Sorted(maps.Keys(root)), File: r.file})
	}
}

// ofStudy reads the datasets of a study.
func (r *reader) ofStudy(study string, n strictjson.Node) {
	all, ok := n.Value.(map[string]strictjson.Node)
	if !ok {
		r.doubt(n, "the datasets of the study %s are not a mapping", kit.Quote(study))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		object, ok := r.named("dataset", name, all[name])
		if !ok {
			continue
		}
		r.only("the dataset "+kit.Quote(name), object, "type", "source", "mode")
		source, _ := value(object["source"]).(string)
		mode, _ := value(object["mode"]).(string)
		if source == "" || (mode != "ro" && mode != "rw") {
			r.doubt(all[name], "the dataset %s needs a source, and a mode of ro or rw", kit.Quote(name))
		}
		at := "studies[" + study + "].datasets[" + name + "]"
		r.set(at+".source", object["source"], source)
		r.set(at+".mode", object["mode"], mode)
		r.datasets = append(r.datasets, settings.Dataset{Study: study, Name: name, Source: source, ReadOnly: mode == "ro"})
	}
}

// yaml reads one YAML file.
func (r *reader) yaml(name string, read func(map[string]strictjson.Node)) {
	data, ok := r.open(name)
	if !ok {
		return
	}
	root, err := strictyaml.Decode(data)
	switch object, ok := root.Value.(map[string]strictjson.Node); {
	case err != nil:
		r.doubt(root, "%v", err)
	case ok:
		read(object)
	case root.Value != nil || root.Line > 0:
		r.doubt(root, "it is not a mapping")
	}
}
