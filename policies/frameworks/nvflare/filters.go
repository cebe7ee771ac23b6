package nvflare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// filter is a class of filters that NVFLARE ships for sites.
type filter struct {
	class     string
	arguments []argument
	// needs is the argument without which it does nothing.
	needs string
	// unsupported says why no policy can require it.
	unsupported string
}

// argument is an argument of a class. Its standard is nil if there is none that a bound
// could be compared with.
type argument struct {
	name     string
	kind     settings.Type
	standard any
	domain   settings.Domain
}

// declared is an argument as a setting. All lists of these filters say what they protect.
func (f filter) declared(a argument, at string) settings.Declared {
	d := settings.Declared{Path: at + a.name, Type: a.kind, Domain: a.domain, Doc: "an argument of the filter"}
	if f.unsupported != "" {
		d.Doc += "; a policy cannot require it: its cleansers are components that are not evaluated"
		return d
	}
	if a.standard != nil {
		d.Doc += fmt.Sprintf("; NVFLARE's own value is %v", a.standard)
	}
	if a.domain != (settings.Domain{}) {
		d.Doc += "; must be " + shownDomain(a.domain)
	}
	if a.kind == settings.Texts {
		d.Lists = settings.AllOfThese
		d.Doc += "; must have every text that the policy names"
	}
	return d
}

func shownDomain(d settings.Domain) string {
	var all []string
	for _, one := range []struct {
		text  string
		limit *float64
	}{{"more than", d.Above}, {"at least", d.Min}, {"at most", d.Max}} {
		if one.limit != nil {
			all = append(all, fmt.Sprintf("%s %v", one.text, *one.limit))
		}
	}
	return strings.Join(all, " and ")
}

// dataKinds says which kinds of data a filter changes. By default, all that it can.
func dataKinds() argument { return argument{name: "data_kinds", kind: settings.Texts} }

// positive is a number that must be more than 0.
func positive(name string, standard any) argument {
	return argument{name, settings.Number, standard, settings.Domain{Above: new(0.0)}}
}

// filters are NVFLARE's filters with their arguments, defaults and the numbers with which
// they act: PercentilePrivacy returns data as it is for other numbers, and SVTPrivacy fails,
// or adds no noise if its gamma is 0. Source: nvflare/app_common/filters of 2.7.3, 2.8.3 and
// 2.9.0; epsilon_threshold, epsilon_query and epsilon_release are not in 2.7.3.
func filters() []filter {
	const in = "nvflare.app_common.filters."
	return []filter{
		{class: in + "svt_privacy.SVTPrivacy", arguments: []argument{
			{"fraction", settings.Number, 0.1, settings.Domain{Above: new(0.0), Max: new(1.0)}},
			positive("epsilon", 0.1), positive("noise_var", 0.1), positive("gamma", 1e-5),
			{name: "tau", kind: settings.Number, standard: 1e-6}, {name: "replace", kind: settings.Boolean, standard: true}, dataKinds(),
			positive("epsilon_threshold", nil), positive("epsilon_query", nil), positive("epsilon_release", nil),
		}},
		{class: in + "percentile_privacy.PercentilePrivacy", arguments: []argument{
			{"percentile", settings.Number, 10.0, settings.Domain{Min: new(0.0), Max: new(100.0)}}, positive("gamma", 0.01), dataKinds(),
		}},
		{class: in + "exclude_vars.ExcludeVars", needs: "exclude_vars", arguments: []argument{{name: "exclude_vars", kind: settings.Texts}, dataKinds()}},
		{
			class: in + "statistics_privacy_filter.StatisticsPrivacyFilter", arguments: []argument{{name: "result_cleanser_ids", kind: settings.Texts}},
			unsupported: "StatisticsPrivacyFilter is not supported: its cleansers are components that are not evaluated",
		},
	}
}

// filterOf is the filter of a class, without arguments if NVFLARE does not ship it.
func filterOf(class string) filter {
	all := filters()
	if i := slices.IndexFunc(all, func(f filter) bool { return f.class == class }); i >= 0 {
		return all[i]
	}
	return filter{class: class}
}

// standard is the value of an argument that is not set.
func (f filter) standard(name string) (any, bool) {
	i := slices.IndexFunc(f.arguments, func(a argument) bool { return a.name == name })
	if i < 0 {
		return nil, false
	}
	return f.arguments[i].standard, true
}

// shortName is the name of a filter in paths: of NVFLARE's own the name of the class, of any
// other one its full name.
func shortName(class string) string {
	if len(filterOf(class).arguments) == 0 {
		return class
	}
	return class[strings.LastIndex(class, ".")+1:]
}
