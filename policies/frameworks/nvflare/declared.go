package nvflare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// Declared are the settings that Settings reads. FILTER is the name of the class of one of
// NVFLARE's filters, or the full name of another class.
func (Framework) Declared() []settings.Declared { return declared().All() }

// declared is made once: a policy can require thousands of settings.
var declared = sync.OnceValue(func() *settings.Catalog { return settings.NewCatalog(declaredSettings()) })

func declaredSettings() []settings.Declared {
	const inScope = "privacy.scopes[SCOPE]." + chainData + "|" + chainResult + "." + directionIn + "|" + directionOut
	all := []settings.Declared{
		{Path: "privacy.scopes", Type: settings.Texts, Doc: "the names of the scopes in privacy.json; without scopes, NVFLARE has no rules"},
		{Path: "privacy.default_scope", Type: settings.Text, Doc: "the scope of jobs that name none"},
		{Path: inScope + "[FILTER]", Type: settings.Texts, Filter: true, Doc: "a filter of a scope; its value are the arguments that are set to other values than NVFLARE's own"},
	}
	for _, f := range filters() {
		for _, a := range f.arguments {
			all = append(all, f.declared(a, inScope+"["+shortName(f.class)+"]."))
		}
	}
	all = append(all,
		settings.Declared{Path: inScope + "[FILTER].ARGUMENT", Type: settings.Any, Lists: settings.ExactlyThese, Doc: "an argument of another filter"},
		settings.Declared{Path: "authorization.roles", Type: settings.Texts, Doc: "the roles for which authorization.json has rules"},
		settings.Declared{Path: "authorization.rights[" + strings.Join(rights(), "|") + "]", Type: settings.Texts,
			Doc: "the roles to which authorization.json gives a right, under whatever condition; not set if it gives it to none"},
		settings.Declared{Path: "resources.class_list_enforcement_mode", Type: settings.Text, Doc: "enforce, or warn"},
		settings.Declared{Path: "resources.class_allow_list", Type: settings.Texts, Doc: "the classes that jobs without code of their own may use, if they are listed"},
		settings.Declared{Path: "resources.class_list_enforced", Type: settings.Boolean, Doc: "whether such jobs may use no other classes than NVFLARE's own list has"},
		settings.Declared{Path: "resources.app_validator", Type: settings.Text, Doc: "the class that replaces NVFLARE's own check of jobs, which finds code in them"},
		settings.Declared{Path: "resources.num_of_gpus", Type: settings.Number, Doc: "the GPUs that the site offers to jobs"},
		settings.Declared{Path: "resources.components[ID]", Type: settings.Text, Doc: "the class of a component, by its ID, such as resource_manager or process_launcher"},
	)
	arguments := componentArguments()
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		all = append(all, settings.Declared{Path: "resources.components[ID]." + name, Type: arguments[name], Doc: "an argument of the component"})
	}
	return append(all,
		settings.Declared{Path: "studies", Type: settings.Texts, Doc: "the studies in study_runtime.yaml"},
		settings.Declared{Path: "studies[STUDY].container.image", Type: settings.Text, Doc: "the image of jobs that name none"},
		settings.Declared{Path: "studies[STUDY].datasets[DATASET].source", Type: settings.Text, Doc: "the claim that is mounted into jobs of the study"},
		settings.Declared{Path: "studies[STUDY].datasets[DATASET].mode", Type: settings.Text, Doc: "ro or rw"},
		settings.Declared{Path: "studies[STUDY].env|secret_env|secret_mounts", Type: settings.Texts, Doc: "the names of variables and of Secrets' mounts in jobs of the study"},
		settings.Declared{Path: "studies[STUDY].pod_template", Type: settings.Boolean, Doc: "set if jobs of the study have a template"},
		settings.Declared{Path: "startup.require_signed_jobs", Type: settings.Boolean, Doc: "whether the participant denies jobs that are not signed; in startup/"},
		settings.Declared{Path: "startup.class_list", Type: settings.Boolean, Doc: "whether the kit is of NVFLARE 2.8 or later, which has class_allow_list; in startup/"},
	)
}

// ResolveSetting is the setting of a path, which it also takes with the full name of one of
// NVFLARE's filters.
func (f Framework) ResolveSetting(path string) (settings.Declared, error) {
	for _, one := range filters() {
		path = strings.Replace(path, "["+one.class+"]", "["+shortName(one.class)+"]", 1)
	}
	if file := searched(path); file != "" {
		return settings.Declared{}, fmt.Errorf("a policy cannot require it: NVFLARE looks for %s in the whole workspace, where a job can have its own, see docs/privacy.md", file)
	}
	found, ok := declared().Find(path)
	if !ok {
		return settings.Declared{}, fmt.Errorf("NVIDIA FLARE has no such setting%s", f.similar(path))
	}
	found.Path = path
	if class := filterIn(path); class != "" {
		if err := checkFilter(class, found.Type == settings.Any); err != nil {
			return settings.Declared{}, err
		}
		i := slices.IndexFunc(filters(), func(f filter) bool { return shortName(f.class) == class })
		if i >= 0 {
			found.Needs, found.Unsupported = filters()[i].needs, filters()[i].unsupported
		}
	}
	return found, nil
}

// searched is the file of a setting that NVFLARE takes from the first file of a name that it
// finds in the workspace, "" for any other setting. Source: ConfigService in
// nvflare/fuel/utils/config_service.py, 2.9.0.
func searched(path string) string {
	switch {
	case path == "resources.allow_log_streaming":
		return "resources.json"
	case path == "communication" || strings.HasPrefix(path, "communication."):
		return "comm_config.json"
	}
	return ""
}

// filterIn is the filter that a path names, "" if it names none.
func filterIn(path string) string {
	_, rest, ok := strings.Cut(path, "_filters.")
	_, rest, named := strings.Cut(rest, "[")
	if !ok || !named || !strings.HasPrefix(path, "privacy.scopes[") {
		return ""
	}
	class, _, _ := strings.Cut(rest, "]")
	return class
}

// checkFilter requires that a filter can exist: NVFLARE's own by the name of its class, with
// the arguments that it has, or the full name of another class.
func checkFilter(class string, otherArgument bool) error {
	var own []string
	for _, f := range filters() {
		own = append(own, shortName(f.class))
	}
	switch known := slices.Contains(own, class); {
	case known && otherArgument:
		return fmt.Errorf("the filter %s has no such argument", class)
	case !known && !strings.Contains(class, "."):
		return fmt.Errorf("NVIDIA FLARE has no filter %s: use %s, or the full name of another class", class, strings.Join(own, ", "))
	}
	return nil
}

// similar lists the settings that begin as the path does.
func (f Framework) similar(path string) string {
	area, _, _ := strings.Cut(path, ".")
	var all []string
	for _, d := range f.Declared() {
		if first, _, _ := strings.Cut(d.Path, "."); first == area && len(all) < 5 {
			all = append(all, d.Path)
		}
	}
	if all == nil {
		return ": docs/privacy.md lists them"
	}
	return fmt.Sprintf(": of %s, it has %s and others, see docs/privacy.md", area, strings.Join(all, ", "))
}
