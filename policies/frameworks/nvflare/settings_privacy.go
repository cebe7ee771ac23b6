package nvflare

import (
	"maps"
	"slices"
	"strings"
)

// privacy evaluates privacy.json: its filters are components. Source: PrivacyConfiger in
// nvflare/private/fed/app/fl_conf.py, 2.9.0.
func (s *checkedFile) privacy(root map[string]any) {
	s.only("", root, "format_version", "scopes", "default_scope", "components")
	if all, ok := root["components"]; ok {
		s.list(all, "components", func(at string, value any) { s.component(value, at) })
	}
	if all, ok := root["scopes"]; ok {
		s.list(all, "scopes", s.scope)
	}
}

func (s *checkedFile) scope(at string, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		s.bad(at, "must be an object")
		return
	}
	s.only(at, object, "name", "properties", "task_data_filters", "task_result_filters")
	if name, _ := object["name"].(string); name == "" {
		s.bad(below(at, "name"), "must be a text")
	}
	for _, key := range []string{"task_data_filters", "task_result_filters"} {
		if all, ok := object[key]; ok {
			s.list(all, below(at, key), func(at string, value any) { s.component(value, at) })
		}
	}
}

// authorization evaluates authorization.json: conditions by role and right. A file in which
// NVFLARE finds no rules allows nothing. Source: nvflare/fuel/sec/authz.py, 2.9.0.
func (s *checkedFile) authorization(root map[string]any) {
	s.only("", root, "format_version", "permissions")
	permissions, ok := root["permissions"].(map[string]any)
	if !ok {
		s.bad("permissions", "must be an object with a rule for each role")
	}
	for _, role := range slices.Sorted(maps.Keys(permissions)) {
		s.condition(below("permissions", role), permissions[role], true)
	}
}

// condition is a text or a list of texts or, for a role, an object of such.
func (s *checkedFile) condition(at string, value any, nested bool) {
	switch v := value.(type) {
	case string:
	case []any:
		for _, one := range v {
			if _, ok := one.(string); !ok {
				s.bad(at, "must be a list of texts")
			}
		}
	case map[string]any:
		if !nested {
			s.bad(at, "must be a condition")
			return
		}
		for _, right := range slices.Sorted(maps.Keys(v)) {
			s.condition(below(at, right), v[right], false)
		}
	default:
		s.bad(at, "must be a condition, such as any, none or o:site")
	}
}

// communication evaluates comm_config.json. Of the fields that are not listed, the field
// comm_driver_path names a folder from which NVFLARE imports every module, and grpc can
// replace the name with which the server's certificate is verified. Source: nvflare/fuel/f3/comm_config.py
// and the drivers, 2.9.0.
func (s *checkedFile) communication(root map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(root)) {
		switch {
		case strings.HasPrefix(key, "streaming_"), strings.HasPrefix(key, "sfm_"), strings.HasPrefix(key, "subnet_"):
		case !slices.Contains([]string{
			"format_version", "allow_adhoc_conns", "adhoc_conn_scheme", "internal_conn_scheme", "backbone_conn_gen", "max_message_size",
			"heartbeat_interval", "use_aio_grpc", "tcp_no_delay", "internal",
		}, key):
			s.bad(below("", key), "not a field that NVFLARE ships")
		}
	}
	s.internal(root["internal"])
}

// internal evaluates how job processes reach their parent.
func (s *checkedFile) internal(value any) {
	if value == nil {
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		s.bad("internal", "must be an object")
		return
	}
	s.only("internal", object, "scheme", "resources")
	if scheme, ok := object["scheme"]; ok && !slices.Contains([]any{"tcp", "grpc", "http"}, scheme) {
		s.bad("internal.scheme", "%s must be tcp, grpc or http", quoted(scheme))
	}
	resources, ok := object["resources"].(map[string]any)
	if !ok {
		s.bad("internal.resources", "must be an object")
		return
	}
	s.only("internal.resources", resources, "host", "port", "connection_security")
	s.secured("internal.resources", resources)
}
