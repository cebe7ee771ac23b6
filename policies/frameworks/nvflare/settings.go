package nvflare

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

const (
	// maxSettings is the greatest size of a JSON file of local/, in bytes. The largest
	// default has 8 KiB.
	maxSettings = 128 << 10
	// maxProblems is how many problems of a file are reported.
	maxProblems = 10
)

// fixSettings is the fix for a setting that is not known to be harmless.
const fixSettings = "use a setting that NVFLARE ships, or have the author of the SitePolicy list the digest of local/ in spec.kits.local"

// checkedFile are the problems of one file of local/. They end with the first maxProblems.
type checkedFile struct {
	id, file string
	findings kit.Findings
}

// bad adds a problem. The field is the path of a field in the file, "" for the file.
func (s *checkedFile) bad(field, format string, args ...any) {
	if len(s.findings) >= maxProblems {
		return
	}
	text := fmt.Sprintf(format, args...)
	if field != "" {
		text = field + ": " + text
	}
	s.findings = append(s.findings, kit.Fail(s.id, s.file, fixSettings, "%s", text))
}

// CheckSettings evaluates local/: NVFLARE runs code that these files name, and without
// authorization.json it allows everything.
func (Framework) CheckSettings(local kit.Files, role kit.Role) kit.Findings {
	if len(local) == 0 && role != RoleAdmin {
		return kit.Findings{kit.Fail(CheckLocalFiles, kit.LocalDir, "copy local/ from the kit as it was provisioned", "missing: NVFLARE does not start without its settings")}
	}
	var findings kit.Findings
	for _, base := range requiredSettings(role) {
		_, own := local.Get(base)
		if _, shipped := local.Get(base + ".default"); !own && !shipped {
			findings = append(findings, kit.Fail(CheckLocalFiles, path.Join(kit.LocalDir, base), "copy it from the kit as it was provisioned",
				"missing, as is %s.default: NVFLARE does not start without one of them, or has no rules", base))
		}
	}
	for _, f := range local {
		findings = append(findings, checkSettingsFile(CheckLocalFiles, kit.LocalDir, f)...)
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckLocalFiles, kit.LocalDir, "%d files, all of them known", len(local)))
	}
	return findings
}

// restricted is the ID of findings about settings that can be used. Of startup/, a policy
// cannot allow them.
func restricted(id string) string {
	if id == CheckLocalFiles {
		return kit.CheckLocalContent
	}
	return id
}

// requiredSettings are the files of servers and clients, each with or without .default.
// Source: nvflare/apis/workspace.py and fuel/utils/log_utils.py, 2.9.0.
func requiredSettings(role kit.Role) []string {
	if role == RoleAdmin {
		return nil
	}
	return []string{"resources.json", "authorization.json", "log_config.json"}
}

// checkSettingsFile evaluates one file that NVFLARE reads as settings, of local/ or of
// startup/.
func checkSettingsFile(id, dir string, f kit.File) kit.Findings {
	check, known := settingsOf(f.Name)
	s := &checkedFile{id: restricted(id), file: path.Join(dir, f.Name)}
	switch {
	case !known:
		return kit.Findings{kit.Fail(restricted(id), s.file, "remove it, or have the author of the SitePolicy list the digest of local/ in spec.kits.local", "not a file that NVFLARE reads")}
	case check == nil:
		return nil
	case len(f.Data) > maxSettings:
		s.bad("", "larger than %d KiB", maxSettings>>10)
		return s.findings
	}
	root, err := strictjson.Decode(f.Data)
	if err != nil {
		return kit.Findings{kit.Fail(id, s.file, "correct it", "not valid JSON: %v", err)}
	}
	object, ok := root.(map[string]any)
	if !ok {
		return kit.Findings{kit.Fail(id, s.file, "correct it", "must be a JSON object")}
	}
	check(s, object)
	return s.findings
}

// settingsOf is the check of a file by its name. It is nil for a file that NVFLARE does not
// read as JSON: a sample, and the descriptions of job pods, which are evaluated themselves.
func settingsOf(name string) (check func(*checkedFile, map[string]any), known bool) {
	switch strings.TrimSuffix(name, ".default") {
	case "resources.json", "job_resources.json":
		return (*checkedFile).resources, true
	case "log_config.json":
		return (*checkedFile).logging, true
	case "authorization.json":
		return (*checkedFile).authorization, true
	case "comm_config.json":
		return (*checkedFile).communication, true
	}
	switch name {
	case "privacy.json":
		return (*checkedFile).privacy, true
	case "study_registry.json":
		return (*checkedFile).studies, true
	case SignatureFile:
		return func(*checkedFile, map[string]any) {}, true
	case "privacy.json.sample", "study_runtime.yaml", "study_data.yaml":
		return nil, true
	}
	if isFragment(name) {
		return (*checkedFile).resources, true
	}
	return nil, false
}

// fragment is the form of the names of files that NVFLARE adds to resources.json: those for
// all processes, only for the parent, and only for jobs. It loads them from local/ and from
// startup/. Of a name with a dot it would load the file whose name ends at the dot. Source:
// nvflare/fuel/utils/config_factory.py, 2.9.0.
var fragment = regexp.MustCompile(`^[A-Za-z0-9_-]*__(p_|j_)?resources\.json$`)

func isFragment(name string) bool { return fragment.MatchString(name) }

// studies evaluates study_registry.json. Source: nvflare/private/fed/server/study_cmds.py,
// 2.9.0.
func (s *checkedFile) studies(root map[string]any) {
	s.only("", root, "format_version", "studies")
	s.objects(root, "studies", func(at string, object map[string]any) { s.only(at, object, "site_orgs", "admins") })
}

// only denies fields that are not listed, in a fixed order.
func (s *checkedFile) only(at string, object map[string]any, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, key) {
			s.bad(below(at, key), "not a field that NVFLARE ships")
		}
	}
}

// objects visits the objects in a field whose value is an object with one entry each. Every
// other value is a problem.
func (s *checkedFile) objects(root map[string]any, key string, visit func(at string, object map[string]any)) {
	value, ok := root[key]
	if !ok {
		return
	}
	all, ok := value.(map[string]any)
	if !ok {
		s.bad(key, "must be an object")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if object, ok := all[name].(map[string]any); ok {
			visit(below(key, name), object)
		} else {
			s.bad(below(key, name), "must be an object")
		}
	}
}

// list visits the values in a list.
func (s *checkedFile) list(value any, at string, visit func(at string, value any)) {
	all, ok := value.([]any)
	if !ok {
		s.bad(at, "must be a list")
		return
	}
	for i, one := range all {
		visit(fmt.Sprintf("%s[%d]", at, i), one)
	}
}

// below is the path of a field of an object. Keys may be anything.
func below(at, key string) string {
	if len(key) > 60 || !kit.Printable(key) {
		key = kit.Quote(key)
	}
	if at == "" {
		return key
	}
	return at + "." + key
}
