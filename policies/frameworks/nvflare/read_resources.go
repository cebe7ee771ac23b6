package nvflare

import (
	"maps"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// startup reads the settings that NVFLARE takes from startup/: of its configuration file, and
// of the fragments beside it. Source: nvflare/apis/workspace.py and require_signed_jobs in
// private/fed/utils/fed_utils.py, 2.9.0.
func (r *reader) startup() {
	name := Config(r.role)
	r.document(name, func(root map[string]strictjson.Node) {
		r.signedJobs(root)
		r.fragment(root)
	})
	r.fragments()
}

// signedJobs reads whether a job must be signed. NVFLARE takes anything but false as true,
// and by default requires it if there is a root. NVFLARE 2.7, whose kits name an overseer,
// does not know the field.
func (r *reader) signedJobs(root map[string]strictjson.Node) {
	const name = "startup.require_signed_jobs"
	_, old := root["overseer_agent"]
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

// resources reads resources.json, or a file that NVFLARE adds to it.
func (r *reader) resources(root map[string]strictjson.Node, main bool) {
	r.classes(root, main)
	if n, ok := root["allow_log_streaming"]; ok {
		r.set("resources.allow_log_streaming", n, value(n))
	}
	if n, ok := root["app_validator"]; ok {
		r.set("resources.app_validator", n, r.component(n))
	}
	list, _ := root["components"].Value.([]strictjson.Node)
	for _, one := range list {
		r.listed(one)
	}
}

// classes reads which classes a job may use that brings no code of its own. Source:
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
		enforced = enforced && ok && !slices.Contains(all, "*")
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

// component is the class of a component, nil if it is not known.
func (r *reader) component(n strictjson.Node) any {
	object, _ := n.Value.(map[string]strictjson.Node)
	at, first := object["path"]
	other, second := object["class_path"]
	if second {
		at = other
	}
	if first == second {
		return nil
	}
	return value(at)
}

// componentArguments are the arguments of NVFLARE's components that a policy may limit.
func componentArguments() map[string]settings.Type {
	return map[string]settings.Type{
		"num_of_gpus": settings.Number, "mem_per_gpu_in_GiB": settings.Number, "expiration_period": settings.Number, "ignore_host": settings.Boolean,
		"max_jobs": settings.Number, "pending_timeout": settings.Number, "namespace": settings.Text, "uri_root": settings.Text, "root_dir": settings.Text,
	}
}

// listed reads a component with an ID.
func (r *reader) listed(n strictjson.Node) {
	object, _ := n.Value.(map[string]strictjson.Node)
	id, _ := value(object["id"]).(string)
	if off, ok := object["disabled"]; (ok && off.Value == true) || !settings.Name(id) {
		return
	}
	at := "resources.components[" + id + "]"
	r.set(at, n, r.component(n))
	arguments, _ := object["args"].Value.(map[string]strictjson.Node)
	known := componentArguments()
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if _, ok := known[name]; ok {
			r.set(at+"."+name, arguments[name], value(arguments[name]))
		}
	}
	if n, ok := arguments["num_of_gpus"]; ok {
		r.set("resources.num_of_gpus", n, value(n))
	}
}

// communication reads comm_config.json.
func (r *reader) communication(root map[string]strictjson.Node) {
	if n, ok := root["allow_adhoc_conns"]; ok {
		r.set("communication.allow_adhoc_conns", n, value(n))
	}
	internal, _ := root["internal"].Value.(map[string]strictjson.Node)
	resources, _ := internal["resources"].Value.(map[string]strictjson.Node)
	if n, ok := resources["connection_security"]; ok {
		r.set("communication.internal.connection_security", n, value(n))
	}
}
