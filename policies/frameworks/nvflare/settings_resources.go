package nvflare

import (
	"maps"
	"regexp"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// resources evaluates resources.json and its fragments. NVFLARE makes an object of the class
// that each component names. Source: nvflare/private/fed/app/fl_conf.py and
// fuel/utils/component_builder.py, 2.9.0.
func (s *checkedFile) resources(root map[string]any) {
	s.only("", root, "format_version", "class_list_enforcement_mode", "class_allow_list", "allow_log_streaming",
		"client", "servers", "snapshot_persistor", "components", "app_validator", "relay_config", "admin")
	for _, key := range []string{"snapshot_persistor", "app_validator"} {
		if one, ok := root[key]; ok {
			s.component(one, key)
		}
	}
	if all, ok := root["components"]; ok {
		s.list(all, "components", func(at string, value any) { s.component(value, at) })
	}
	for _, key := range []string{"client", "servers", "admin", "relay_config"} {
		s.secured(key, root[key])
	}
	if all, ok := root["class_allow_list"]; ok {
		s.list(all, "class_allow_list", s.allowedClass)
	}
	if mode, ok := root["class_list_enforcement_mode"]; ok && mode != "enforce" {
		s.bad("class_list_enforcement_mode", `must be "enforce": otherwise a job may use every class`)
	}
}

// allowedClass evaluates an entry of class_allow_list, which may also be a prefix or *.
func (s *checkedFile) allowedClass(at string, value any) {
	if class, _ := value.(string); !shipsJob(class) {
		s.bad(at, "%s is not a class in the class_allow_list that NVFLARE ships", quoted(value))
	}
}

// component evaluates what NVFLARE makes an object of. It uses path, else class_path, else
// name, with which it searches for a class.
func (s *checkedFile) component(value any, at string) {
	object, ok := value.(map[string]any)
	if !ok {
		s.bad(at, "must be an object")
		return
	}
	named := false
	for _, key := range []string{"path", "class_path"} {
		if class, ok := object[key]; ok {
			named = true
			s.class(below(at, key), class)
		}
	}
	if name, ok := object["name"]; ok && !named {
		s.bad(below(at, "name"), "%s is not the full name of a class: write it as path", quoted(name))
	} else if !named {
		s.bad(at, "has no path, the full name of a class")
	}
	if args, ok := object["args"]; ok {
		s.arguments(args, below(at, "args"))
	}
}

func (s *checkedFile) class(at string, value any) {
	if class, _ := value.(string); !shipsSite(class) {
		s.bad(at, "%s is not a class that NVFLARE ships for this file", quoted(value))
	}
}

// classForm is the form of the full name of a class, such as module.part.Name. Some classes
// take the name of another one as an argument.
var classForm = regexp.MustCompile(`^[^\s./:]+(\.[^\s./:]+)*\.\p{Lu}[^\s./:]*$`)

// arguments evaluates the arguments of a component: an object that names a class is a
// component too, and a text that is the name of a class may be one.
func (s *checkedFile) arguments(value any, at string) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			s.argument(key, v[key], below(at, key))
		}
	case []any:
		s.list(v, at, func(at string, one any) {
			if object, ok := one.(map[string]any); ok && isComponent(object) {
				s.component(object, at)
			} else {
				s.arguments(one, at)
			}
		})
	case string:
		if classForm.MatchString(v) {
			s.class(at, v)
		}
	}
}

// moduleForm is the form of the full name of a function or class, such as module.name.
var moduleForm = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$`)

// argument evaluates one argument by its name. Some components import what an argument
// names, and a kubeconfig names programs.
func (s *checkedFile) argument(key string, value any, at string) {
	if object, ok := value.(map[string]any); ok && isComponent(object) {
		s.component(object, at)
		return
	}
	text, _ := value.(string)
	switch {
	case key == "config_file_path" && text != "":
		s.bad(at, "a kubeconfig may name programs; without it, the launcher uses the token of its pod")
	case importedArgument.MatchString(key) && moduleForm.MatchString(text):
		s.class(at, value)
	default:
		s.arguments(value, at)
	}
}

// importedArgument is the form of the names of arguments whose value NVFLARE may import.
var importedArgument = regexp.MustCompile(`(path|class|class_name|module|encoder|decoder|factory|function)$`)

// secured requires that connections are not in clear, whatever fed_server.json and
// fed_client.json say.
func (s *checkedFile) secured(at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key == "connection_security" && v[key] != "mtls" && v[key] != "tls" {
				s.bad(below(at, key), "%s must be mtls or tls", quoted(v[key]))
			}
			s.secured(below(at, key), v[key])
		}
	case []any:
		s.list(v, at, func(at string, one any) { s.secured(at, one) })
	}
}

func isComponent(object map[string]any) bool {
	for _, key := range []string{"path", "class_path", "name"} {
		if _, ok := object[key]; ok {
			return true
		}
	}
	return false
}

// quoted quotes a value that should be a text.
func quoted(value any) string {
	if text, ok := value.(string); ok {
		return kit.Quote(text)
	}
	return "the value"
}
