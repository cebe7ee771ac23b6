package nvflare

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// maxRead is how many settings are read of a folder. The defaults have about 60.
const maxRead = 5000

// maxNames is how many scopes, or roles, a file may have.
const maxNames = 500

// reader reads the settings of one folder. What it does not understand is a finding: a
// policy cannot rely on the rest of the file then.
type reader struct {
	files  kit.Files
	folder string
	role   kit.Role
	// file is the file that is being read.
	file     string
	found    []settings.Setting
	datasets []settings.Dataset
	findings kit.Findings
}

// Settings reads local/, or the files of startup/ from which NVFLARE also takes settings.
// The findings name what NVFLARE could understand in another way.
func (Framework) Settings(folder string, files kit.Files, role kit.Role) ([]settings.Setting, kit.Findings) {
	if role == RoleAdmin {
		return nil, nil // an admin's client runs no job
	}
	r := &reader{files: files, folder: folder, role: role}
	if folder == kit.StartupDir {
		r.startup()
	} else {
		r.local()
	}
	if len(r.found) > maxRead {
		r.file = ""
		r.doubt(strictjson.Node{}, "it has more than %d settings", maxRead)
		return nil, r.findings
	}
	return r.found, r.findings
}

// local reads the files in the order in which NVFLARE looks for them: X.json replaces
// X.json.default as a whole, privacy.json has no default, and fragments are added. Source:
// nvflare/apis/workspace.py, 2.9.0.
func (r *reader) local() {
	r.others()
	r.document("privacy.json", r.privacy)
	r.document(r.first("authorization.json"), r.authorization)
	if main := r.first("resources.json"); main != "" {
		r.document(main, func(root map[string]strictjson.Node) { r.resources(root, true) })
	}
	r.document("job_resources.json", r.fragment)
	r.fragments()
	r.studies()
}

func (r *reader) fragments() {
	for _, f := range r.files {
		if isFragment(f.Name) {
			r.document(f.Name, r.fragment)
		}
	}
}

// first is the file that NVFLARE prefers, "" if there is none.
func (r *reader) first(name string) string {
	for _, one := range []string{name, name + ".default"} {
		if _, ok := r.files.Get(one); ok {
			return one
		}
	}
	return ""
}

// others finds files that NVFLARE might read instead of the known ones: it looks for a name
// with other endings too, such as .conf and .yml, also before .json.default; and of a
// fragment whose name has a dot it takes the file whose name ends at the dot. Source:
// nvflare/fuel/utils/config_factory.py, 2.9.0.
func (r *reader) others() {
	for _, f := range r.files {
		base, _, _ := strings.Cut(f.Name, ".")
		_, known := settingsOf(f.Name)
		if !known && (replaces(base) || strings.HasSuffix(f.Name, "resources.json")) {
			r.file = path.Join(r.folder, f.Name)
			r.doubt(strictjson.Node{}, "NVFLARE may read it, or another file because of it, instead of %s.json", base)
		}
	}
}

// replaces says whether a file with this name before the dot can take the place of one that
// is read.
func replaces(base string) bool {
	switch base {
	case "privacy", "authorization", "study_runtime", "study_data":
		return true
	}
	return strings.HasSuffix(base, "resources")
}

// open gives one file, if it exists and is not too large, and makes it the one that doubts are
// about.
func (r *reader) open(name string) ([]byte, bool) {
	data, ok := r.files.Get(name)
	if !ok {
		return nil, false
	}
	r.file = path.Join(r.folder, name)
	if len(data) > maxSettings {
		r.doubt(strictjson.Node{}, "it is larger than %d KiB", maxSettings>>10)
		return nil, false
	}
	return data, true
}

// document reads one JSON file, if it exists.
func (r *reader) document(name string, read func(map[string]strictjson.Node)) {
	data, ok := r.open(name)
	if !ok {
		return
	}
	root, err := strictjson.DecodeLines(data)
	if err != nil {
		r.doubt(strictjson.Node{}, "it is not valid JSON: %v", err)
		return
	}
	object, ok := root.Value.(map[string]strictjson.Node)
	if !ok {
		r.doubt(root, "it is not a JSON object")
		return
	}
	read(object)
}

// doubt adds a finding about a value that NVFLARE could understand in another way.
func (r *reader) doubt(at strictjson.Node, format string, args ...any) {
	if len(r.findings) >= maxProblems {
		return
	}
	text := fmt.Sprintf(format, args...)
	if at.Line > 0 {
		text = fmt.Sprintf("line %d: %s", at.Line, text)
	}
	r.findings = append(r.findings, kit.Fail(kit.CheckPrivacy, r.file, "write it as NVFLARE's documentation does, so that it has one meaning",
		"%s: the requirements of the policy cannot be evaluated", text))
}

// set adds a setting.
func (r *reader) set(name string, at strictjson.Node, value any) {
	r.found = append(r.found, settings.Setting{Path: name, Value: value, File: r.file, Line: at.Line})
}

// standard adds a setting that no file has, with NVFLARE's own value.
func (r *reader) standard(name string, value any) {
	r.found = append(r.found, settings.Setting{Path: name, Value: value})
}

// only doubts fields that are not listed.
func (r *reader) only(what string, object map[string]strictjson.Node, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, key) {
			r.doubt(object[key], "%s has the unknown field %s", what, kit.Quote(key))
		}
	}
}

// value is the value of a setting, nil if its meaning is not known: NVFLARE replaces
// variables in braces in texts. Source: nvflare/fuel/utils/wfconf.py, 2.9.0.
func value(n strictjson.Node) any {
	switch v := n.Value.(type) {
	case bool:
		return v
	case string:
		if strings.Contains(v, "{") {
			return nil
		}
		return v
	case json.Number:
		// A number that is too large for Python's float is not a limit.
		number, err := v.Float64()
		if err != nil {
			return nil
		}
		return number
	case []strictjson.Node:
		return texts(v)
	}
	return nil
}

// texts is a list of texts, nil if it has anything else.
func texts(list []strictjson.Node) any {
	all := make([]string, 0, len(list))
	for _, one := range list {
		text, ok := value(one).(string)
		if !ok {
			return nil
		}
		all = append(all, text)
	}
	return all
}
