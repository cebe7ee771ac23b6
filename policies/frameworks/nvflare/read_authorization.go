package nvflare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// rightCategory is the category of a right, "" if it has none. Source: COMMAND_CATEGORIES in
// nvflare/security/security.py, and AdminCommandNames in nvflare/apis/fl_constant.py, 2.9.0.
func rightCategory(right string) (category string, known bool) {
	switch right {
	case "abort", "abort_job", "delete_job", "delete_workspace", "configure_job_log":
		return "manage_job", true
	case "check_status", "show_scopes", "show_stats", "reset_errors", "show_errors", "list_jobs", "get_job_meta":
		return "view", true
	case "sys_info", "report_resources", "report_env", "restart", "shutdown", "remove_client", "disable_client", "enable_client",
		"set_timeout", "call", "configure_site_log":
		return "operate", true
	case "cat", "grep", "head", "ls", "pwd", "tail":
		return "shell_commands", true
	case "download_job":
		return "download_job", true
	case "submit_job", "clone_job", "byoc", "server-predeployed-flwr":
		return "", true
	}
	return "", false
}

// rights are the rights whose roles are read.
func rights() []string {
	return []string{
		"abort", "abort_job", "delete_job", "delete_workspace", "configure_job_log",
		"check_status", "show_scopes", "show_stats", "reset_errors", "show_errors", "list_jobs", "get_job_meta",
		"sys_info", "report_resources", "report_env", "restart", "shutdown", "remove_client", "disable_client", "enable_client",
		"set_timeout", "call", "configure_site_log", "cat", "grep", "head", "ls", "pwd", "tail",
		"download_job", "submit_job", "clone_job", "byoc", "server-predeployed-flwr",
	}
}

// authorization reads which roles may have each right, under whatever condition. NVFLARE
// compares roles, rights and conditions in lower case and with single spaces. Source:
// nvflare/fuel/sec/authz.py, 2.9.0.
func (r *reader) authorization(root map[string]strictjson.Node) {
	permissions, ok := root["permissions"].Value.(map[string]strictjson.Node)
	if !ok {
		r.doubt(root["permissions"], "permissions is not an object with a rule for each role")
		return
	}
	if len(permissions) > maxNames {
		r.doubt(root["permissions"], "it has more than %d roles", maxNames)
		return
	}
	roles := r.normalized(permissions)
	r.set("authorization.roles", root["permissions"], slices.Sorted(maps.Keys(roles)))
	granted := map[string][]string{}
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		rules := r.rules(roles[role])
		for _, right := range rights() {
			if rules.grants(right) {
				granted[right] = append(granted[right], role)
			}
		}
	}
	for _, right := range rights() {
		if len(granted[right]) > 0 {
			r.set("authorization.rights["+right+"]", root["permissions"], granted[right])
		}
	}
}

// normalized are the fields of an object by their names as NVFLARE compares them. Two fields
// with one name, and names that Python could lower in another way, have no one meaning.
func (r *reader) normalized(object map[string]strictjson.Node) map[string]strictjson.Node {
	all := make(map[string]strictjson.Node, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name := normal(key)
		if _, twice := all[name]; twice || !ascii(key) {
			r.doubt(object[key], "%s is there twice, in upper and lower case, or has unusual characters", kit.Quote(key))
		}
		all[name] = object[key]
	}
	return all
}

func normal(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

// roleRules says which rights a role may have, by the names of rights and categories. "*" is
// every right.
type roleRules map[string]bool

func (r *reader) rules(n strictjson.Node) roleRules {
	object, ok := n.Value.(map[string]strictjson.Node)
	if !ok {
		return roleRules{"*": r.possible(n)}
	}
	all := roleRules{}
	for name, condition := range r.normalized(object) {
		all[name] = r.possible(condition)
	}
	return all
}

// grants follows NVFLARE: "*" replaces every right, and a right its category.
func (rules roleRules) grants(right string) bool {
	if any, ok := rules["*"]; ok {
		return any
	}
	if own, ok := rules[right]; ok {
		return own
	}
	category, _ := rightCategory(right)
	return rules[category]
}

// possible says whether anyone could meet a condition. Only "none" alone, or "not any", says
// that no one can.
func (r *reader) possible(n strictjson.Node) bool {
	list, ok := n.Value.([]strictjson.Node)
	if !ok {
		list = []strictjson.Node{n}
	}
	none, blocked := len(list) > 0, false
	for _, one := range list {
		text, ok := one.Value.(string)
		if !ok || !ascii(text) {
			r.doubt(one, "a condition is not a text")
			return true
		}
		switch normal(text) {
		case "none", "no":
		case "not any", "not all":
			blocked = true
		default:
			none = false
		}
	}
	return !none && !blocked
}
