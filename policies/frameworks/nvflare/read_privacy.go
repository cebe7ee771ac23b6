package nvflare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// The chains of filters, and the directions as seen from the participant.
const (
	chainData   = "task_data_filters"
	chainResult = "task_result_filters"

	directionIn    = "in"
	directionOut   = "out"
	directionInOut = "inout"
)

// privacy reads privacy.json. Without scopes, NVFLARE has no rules and runs every job.
// Source: PrivacyConfiger in nvflare/private/fed/app/fl_conf.py, privacy_manager.py, 2.9.0.
func (r *reader) privacy(root map[string]strictjson.Node) {
	// NVFLARE finds fields by their whole path, so that a key such as "scopes.#1.name"
	// would be the name of the first scope, and resolves @ keys as definitions.
	r.only("the file", root, "format_version", "scopes", "default_scope", "components")
	list, _ := root["scopes"].Value.([]strictjson.Node)
	if len(list) == 0 {
		return
	}
	if len(list) > maxNames {
		r.doubt(root["scopes"], "it has more than %d scopes", maxNames)
		return
	}
	names, seen := make([]string, 0, len(list)), make(map[string]bool, len(list))
	for _, one := range list {
		name := r.scope(one)
		if seen[name] {
			r.doubt(one, "the scope %s is defined twice", kit.Quote(name))
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	r.set("privacy.scopes", root["scopes"], names)
	if n, ok := root["default_scope"]; ok {
		r.set("privacy.default_scope", n, value(n))
	}
}

// scope reads one scope and returns its name.
func (r *reader) scope(n strictjson.Node) string {
	object, _ := n.Value.(map[string]strictjson.Node)
	name, _ := value(object["name"]).(string)
	if !settings.Name(name) {
		r.doubt(n, "a scope has no name, or one with brackets or variables")
		return ""
	}
	r.only("the scope "+kit.Quote(name), object, "name", "properties", chainData, chainResult)
	for _, chain := range []string{chainData, chainResult} {
		filters, ok := object[chain]
		if !ok {
			continue
		}
		list, ok := filters.Value.([]strictjson.Node)
		if !ok {
			r.doubt(filters, "%s of the scope %s is not a list", chain, kit.Quote(name))
		}
		for _, one := range list {
			r.filter(name, chain, one)
		}
	}
	return name
}

// filter reads one filter. NVFLARE makes none of a filter that is disabled.
func (r *reader) filter(scope, chain string, n strictjson.Node) {
	object, ok := n.Value.(map[string]strictjson.Node)
	if !ok {
		r.doubt(n, "a filter is not an object")
		return
	}
	r.only("a filter", object, "id", "path", "class_path", "args", "direction", "disabled")
	class := r.classOf(n, object)
	directions := r.directions(chain, n, object)
	arguments := r.argumentsOf(object)
	if off, ok := object["disabled"]; ok && off.Value != false {
		if off.Value != true {
			r.doubt(off, "disabled is neither true nor false")
		}
		return
	}
	for _, direction := range directions {
		r.chained("privacy.scopes["+scope+"]."+chain+"."+direction+"["+shortName(class)+"]", class, n, arguments)
	}
}

// classOf is the class of a component. NVFLARE takes path, else class_path, and searches its
// modules for a name, so that only the first two say which class it is.
func (r *reader) classOf(n strictjson.Node, object map[string]strictjson.Node) string {
	at, first := object["path"]
	other, second := object["class_path"]
	if second {
		at = other
	}
	class, _ := value(at).(string)
	if first == second || !settings.Name(class) {
		r.doubt(n, "the class must be given once, as path, with its full name")
		return "?"
	}
	return class
}

// directions are those in which a filter runs. NVFLARE ignores the case; by default, a
// client filters the tasks that it gets and the results that it sends.
func (r *reader) directions(chain string, n strictjson.Node, object map[string]strictjson.Node) []string {
	given, ok := object["direction"]
	if !ok {
		if (chain == chainData) == (r.role == RoleServer) {
			return []string{directionOut}
		}
		return []string{directionIn}
	}
	text, _ := value(given).(string)
	switch text = strings.ToLower(text); text {
	case directionIn, directionOut:
		return []string{text}
	case directionInOut:
		return []string{directionIn, directionOut}
	}
	r.doubt(n, "the direction of a filter is not in, out or inout")
	return nil
}

// argumentsOf are the arguments of a component. With class_attributes, NVFLARE takes all
// arguments from there. Source: nvflare/fuel/utils/component_builder.py, 2.9.0.
func (r *reader) argumentsOf(object map[string]strictjson.Node) map[string]strictjson.Node {
	args, ok := object["args"]
	if !ok {
		return nil
	}
	arguments, ok := args.Value.(map[string]strictjson.Node)
	if _, replaced := arguments["class_attributes"]; !ok || replaced {
		r.doubt(args, "args is not an object with the arguments of the class")
	}
	return arguments
}

// chained adds a filter, with the names of the arguments that are set to other values than
// NVFLARE's own, and all of its arguments.
func (r *reader) chained(at, class string, n strictjson.Node, arguments map[string]strictjson.Node) {
	known := filterOf(class)
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if !settings.Name(name) || strings.Contains(name, ".") {
			r.doubt(arguments[name], "the argument %s cannot be the name of an argument", kit.Quote(name))
			continue
		}
		given := value(arguments[name])
		r.set(at+"."+name, arguments[name], given)
		if standard, ok := known.standard(name); !ok || given == nil || !equal(given, standard) {
			changed = append(changed, name)
		}
	}
	r.set(at, n, changed)
	for _, a := range known.arguments {
		if _, ok := arguments[a.name]; !ok && a.standard != nil {
			r.standard(at+"."+a.name, a.standard)
		}
	}
}

// equal compares two values. A list is never NVFLARE's own value.
func equal(a, b any) bool {
	if _, list := a.([]string); list {
		return false
	}
	return b != nil && a == b
}
