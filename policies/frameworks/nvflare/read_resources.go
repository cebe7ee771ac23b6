package nvflare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// startup reads the settings that NVFLARE takes from startup/: of its configuration file, and
// of the fragments beside it. Source: nvflare/apis/workspace.py and require_signed_jobs in
// private/fed/utils/fed_utils.py, 2.9.0.
func (r *reader) startup() {
	name := Config(r.role)
	r.document(name, func(root map[string]strictjson.Node) {
		_, old := root["overseer_agent"]
		r.signedJobs(root, old)
		if old {
			r.set("startup.class_list", root["overseer_agent"], false)
		} else {
			r.standard("startup.class_list", true)
		}
		r.fragment(root)
	})
	r.fragments()
}

// signedJobs reads whether a job must be signed. NVFLARE takes anything but false as true,
// and by default requires it if there is a root. NVFLARE 2.7, whose kits name an overseer, is
// old: it does not know the field, nor a list of classes.
func (r *reader) signedJobs(root map[string]strictjson.Node, old bool) {
	const name = "startup.require_signed_jobs"
	n, ok := root["require_signed_jobs"]
	switch {
	case old:
		r.set(name, root["overseer_agent"], false)
	case ok:
		r.set(name, n, n.Value != false)
	default:
		_, rooted := r.files.Get("rootCA.pem")
		r.standard(name, rooted)
	}
}

// fragment reads a file that NVFLARE adds to resources.json.
func (r *reader) fragment(root map[string]strictjson.Node) { r.resources(root, false) }

// resources reads resources.json, or a file that NVFLARE adds to it. NVFLARE finds components
// by their whole path, so that a key such as "components.#1" would be one too.
func (r *reader) resources(root map[string]strictjson.Node, main bool) {
	for _, key := range slices.Sorted(maps.Keys(root)) {
		if !plainName.MatchString(key) || strings.Contains(key, ".") {
			r.doubt(root[key], "the field %s is not a plain name", kit.Quote(key))
		}
	}
	r.classes(root, main)
	if n, ok := root["app_validator"]; ok {
		r.set("resources.app_validator", n, r.component(n))
	}
	r.components(root)
}

// classes reads which classes a job may use that brings no code of its own. NVFLARE takes an
// entry as a prefix too, so that only those that it ships are known to be harmless. Source:
// nvflare/app_common/widgets/component_path_authorizer.py, 2.9.0.
func (r *reader) classes(root map[string]strictjson.Node, main bool) {
	mode, hasMode := root["class_list_enforcement_mode"]
	list, hasList := root["class_allow_list"]
	enforced := !hasMode || mode.Value == "enforce"
	if hasMode {
		r.set("resources.class_list_enforcement_mode", mode, value(mode))
	} else if main {
		r.standard("resources.class_list_enforcement_mode", "enforce")
	}
	if hasList {
		all, ok := value(list).([]string)
		enforced = enforced && ok && !slices.ContainsFunc(all, func(class string) bool { return !shipsJob(class) })
		r.set("resources.class_allow_list", list, value(list))
	}
	if hasMode || hasList {
		at := mode
		if hasList {
			at = list
		}
		r.set("resources.class_list_enforced", at, enforced)
	} else if main {
		r.standard("resources.class_list_enforced", true)
	}
}
