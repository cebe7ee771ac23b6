package requirements

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// resolved is a rule of privacy.settings with the setting that it is about.
type resolved struct {
	rule    *v1alpha1.SettingRule
	at      *field.Path
	reader  frameworks.SettingsReader
	setting settings.Declared
}

// arguments are the names of the arguments that rules limit, by framework and filter.
type arguments map[[2]string][]string

// settings compiles privacy.settings.
func (c *compiler) settings() {
	var all []resolved
	limited := arguments{}
	for i := range c.privacy.Settings {
		one := resolved{rule: &c.privacy.Settings[i], at: c.at.Child("privacy", "settings").Index(i)}
		if !c.resolve(&one) {
			continue
		}
		all = append(all, one)
		if end := strings.LastIndex(one.setting.Path, "]."); end > 0 && !one.rule.Absent {
			of := [2]string{one.rule.Framework, one.setting.Path[:end+1]}
			limited[of] = append(limited[of], one.setting.Path[end+2:])
		}
	}
	for i := range all {
		c.setting(&all[i], limited)
	}
}

// resolve finds the setting of a rule.
func (c *compiler) resolve(one *resolved) bool {
	rule, at := one.rule, one.at
	f, known := c.registry.Find(rule.Framework)
	switch {
	case !known:
		c.errs = append(c.errs, field.NotSupported(at.Child("framework"), rule.Framework, c.registry.Names()))
		return false
	case f.SettingsReader == nil:
		c.errs = append(c.errs, field.Invalid(at.Child("framework"), rule.Framework, "the settings of "+f.Title()+" are not known"))
		return false
	case c.listed(rule.Framework) < 0 && len(c.spec.Frameworks) > 0:
		c.errs = append(c.errs, field.Invalid(at.Child("framework"), rule.Framework, "it is not in spec.frameworks, so that the rule would never apply"))
		return false
	}
	found, err := f.SettingsReader.ResolveSetting(rule.Setting)
	if err != nil {
		c.errs = append(c.errs, field.Invalid(at.Child("setting"), rule.Setting, err.Error()))
		return false
	}
	one.setting, one.reader = found, f.SettingsReader
	return true
}

func (c *compiler) setting(one *resolved, limited arguments) {
	rule, found := one.rule, &one.setting
	r := settings.Requirement{Path: found.Path, Present: rule.Present, Absent: rule.Absent, Field: one.at.String()}
	if rule.Absent {
		c.require(rule.Framework, found.Roles, r)
		return
	}
	names := limited[[2]string{rule.Framework, found.Path}]
	if !c.acts(found, names, one.at.Child("setting"), one.at, rule.Setting) || !c.bound(&r, &rule.Bound, found, one.at) {
		return
	}
	if found.Filter {
		c.filterSet(&r, one, names)
	}
	c.require(rule.Framework, found.Roles, r)
}

// filterSet requires of a filter what requiredFilters does: that it sets only those arguments
// that other rules limit, or that this rule lists, to values with which it acts.
func (c *compiler) filterSet(r *settings.Requirement, one *resolved, names []string) {
	r.Nothing = "arguments"
	if r.OneOf == nil {
		r.OneOf = values(names)
		return
	}
	for _, name := range r.OneOf {
		argument, err := one.reader.ResolveSetting(one.setting.Path + "." + name.(string))
		if err != nil {
			c.once(field.Invalid(one.at, name, err.Error()))
			continue
		}
		limit := settings.Requirement{Path: argument.Path, Optional: true, Lists: argument.Lists, Field: one.at.String()}
		if limit.Within(argument.Domain); argument.Domain != (settings.Domain{}) || argument.Lists == settings.AllOfThese {
			c.require(one.rule.Framework, argument.Roles, limit)
		}
	}
}

// require adds a requirement of the participants that have the roles.
func (c *compiler) require(framework string, roles []kit.Role, r settings.Requirement) {
	for i := range c.list.all {
		if k := &c.list.all[i]; k.framework.Name() == framework && (roles == nil || slices.Contains(roles, k.role)) {
			k.required = append(k.required, r)
		}
	}
}
