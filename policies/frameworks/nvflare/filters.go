package nvflare

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// filter is a class of filters that NVFLARE ships for sites.
type filter struct {
	class     string
	arguments []argument
}

// argument is an argument of a class. Its standard is nil if there is none that a bound
// could be compared with.
type argument struct {
	name     string
	kind     settings.Type
	standard any
}

// dataKinds says which kinds of data a filter changes. By default, all that it can.
func dataKinds() argument { return argument{"data_kinds", settings.Texts, nil} }

// filters are NVFLARE's filters with their arguments and defaults. Source:
// nvflare/app_common/filters of 2.7.3, 2.8.3 and 2.9.0; epsilon_threshold, epsilon_query and
// epsilon_release are in 2.9.0 only.
func filters() []filter {
	const in = "nvflare.app_common.filters."
	return []filter{
		{in + "svt_privacy.SVTPrivacy", []argument{
			{"fraction", settings.Number, 0.1}, {"epsilon", settings.Number, 0.1}, {"noise_var", settings.Number, 0.1},
			{"gamma", settings.Number, 1e-5}, {"tau", settings.Number, 1e-6}, {"replace", settings.Boolean, true}, dataKinds(),
			{"epsilon_threshold", settings.Number, nil}, {"epsilon_query", settings.Number, nil}, {"epsilon_release", settings.Number, nil},
		}},
		{in + "percentile_privacy.PercentilePrivacy", []argument{{"percentile", settings.Number, 10.0}, {"gamma", settings.Number, 0.01}, dataKinds()}},
		{in + "exclude_vars.ExcludeVars", []argument{{"exclude_vars", settings.Texts, nil}, dataKinds()}},
		{in + "statistics_privacy_filter.StatisticsPrivacyFilter", []argument{{"result_cleanser_ids", settings.Texts, nil}}},
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
