package nvflare

import (
	"maps"
	"regexp"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// plainName is the form of a name that NVFLARE cannot take for another one: it has no
// variables, and no brackets as in the paths of settings.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// components reads the components of a file. NVFLARE numbers the entries of a list, and would
// take fields with such names for entries. Source: nvflare/private/fed/app/fl_conf.py, 2.9.0.
func (r *reader) components(root map[string]strictjson.Node) {
	at, ok := root["components"]
	if !ok {
		return
	}
	list, ok := at.Value.([]strictjson.Node)
	if !ok {
		r.doubt(at, "components is not a list")
	}
	for _, one := range list {
		r.listed(one)
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

// listed reads a component. What it offers counts whatever its ID is.
func (r *reader) listed(n strictjson.Node) {
	object, ok := n.Value.(map[string]strictjson.Node)
	if !ok {
		r.doubt(n, "a component is not an object")
		return
	}
	off, ok := object["disabled"]
	if ok && off.Value == true {
		return
	}
	if ok && off.Value != false {
		r.doubt(off, "disabled is neither true nor false")
	}
	arguments := r.argumentsOf(object)
	r.devices(n, object, arguments)
	id, _ := value(object["id"]).(string)
	if !plainName.MatchString(id) {
		r.doubt(n, "the ID of a component is not a plain name")
		return
	}
	at := "resources.components[" + id + "]"
	r.set(at, n, r.component(n))
	known := componentArguments()
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if _, ok := known[name]; ok {
			r.set(at+"."+name, arguments[name], value(arguments[name]))
		}
	}
}

// devices reads the GPUs of a component: their number, or the list of a ListResourceManager.
// Of arguments that are not understood, they are not known. Source:
// nvflare/app_common/resource_managers, 2.9.0.
func (r *reader) devices(n strictjson.Node, object, arguments map[string]strictjson.Node) {
	const name = "resources.num_of_gpus"
	_, replaced := arguments["class_attributes"]
	if _, given := object["args"]; given && (arguments == nil || replaced) {
		r.set(name, n, nil)
	}
	if number, ok := arguments["num_of_gpus"]; ok {
		r.set(name, number, value(number))
	}
	resources, ok := arguments["resources"]
	if !ok {
		return
	}
	units, known := resources.Value.(map[string]strictjson.Node)
	gpus, offered := units["gpu"]
	if known && !offered {
		return
	}
	if list, ok := gpus.Value.([]strictjson.Node); ok {
		r.set(name, gpus, float64(len(list)))
		return
	}
	r.set(name, resources, nil)
}
