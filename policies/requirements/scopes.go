package requirements

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// scopes compiles privacy.scopes.
func (c *compiler) scopes() {
	rule := c.privacy.Scopes
	if rule == nil {
		return
	}
	at := c.at.Child("privacy", "scopes")
	for i := range c.list.all {
		k := &c.list.all[i]
		reader := k.framework.ScopeReader
		if reader == nil || k.framework.SettingsReader == nil {
			c.unknown(k, at)
			continue
		}
		names, standard := reader.ScopePaths()
		k.required = append(k.required, settings.Requirement{
			Path: names, OneOf: values(rule.Allowed), Field: at.Child("allowed").String(), Fix: "define these scopes, and no others, in local/",
		})
		if rule.Default != "" {
			k.required = append(k.required, settings.Requirement{Path: standard, OneOf: []any{rule.Default}, Field: at.Child("default").String()})
		}
		for j := range rule.RequiredFilters {
			c.filter(k, reader, &rule.RequiredFilters[j], at.Child("requiredFilters").Index(j))
		}
	}
}

func values(texts []string) []any {
	all := make([]any, 0, len(texts))
	for _, text := range texts {
		all = append(all, text)
	}
	return all
}

// filter requires a filter at every place of its direction. It may set only those arguments
// that the policy limits.
func (c *compiler) filter(k *kind, reader frameworks.ScopeReader, f *v1alpha1.RequiredFilter, at *field.Path) {
	names := []string{}
	for _, a := range f.Arguments {
		names = append(names, a.Name)
	}
	for _, path := range reader.FilterPaths(k.role, f.Scope, f.Direction, f.Filter) {
		found, err := k.framework.SettingsReader.ResolveSetting(path)
		if err != nil {
			c.once(field.Invalid(at.Child("filter"), f.Filter, err.Error()))
			return
		}
		if !c.acts(&found, names, at.Child("filter"), at.Child("arguments"), f.Filter) {
			return
		}
		k.required = append(k.required, settings.Requirement{
			Path: found.Path, Present: true, OneOf: values(names), Nothing: "arguments", Field: at.String(),
			Fix: "add the filter to the scope in local/, with no other arguments than the policy limits",
		})
		for i := range f.Arguments {
			c.argument(k, found.Path+"."+f.Arguments[i].Name, &f.Arguments[i], at.Child("arguments").Index(i))
		}
	}
}

// acts requires that a filter can be required, with the arguments without which it does
// nothing.
func (c *compiler) acts(found *settings.Declared, arguments []string, at, argumentsAt *field.Path, given string) bool {
	if found.Unsupported != "" {
		c.once(field.Invalid(at, given, found.Unsupported))
		return false
	}
	if found.Filter && found.Needs != "" && !slices.Contains(arguments, found.Needs) {
		c.once(field.Required(argumentsAt, "the filter does nothing without "+found.Needs+": limit this argument"))
		return false
	}
	return true
}

func (c *compiler) argument(k *kind, path string, a *v1alpha1.FilterArgument, at *field.Path) {
	found, err := k.framework.SettingsReader.ResolveSetting(path)
	if err != nil {
		c.once(field.Invalid(at.Child("name"), a.Name, err.Error()))
		return
	}
	r := settings.Requirement{Path: found.Path, Field: at.String(), Fix: "set the argument " + a.Name + " of the filter in local/ within these limits"}
	if c.bound(&r, &a.Bound, &found, at) {
		k.required = append(k.required, r)
	}
}

// once adds an error that may come up for several kinds of participants.
func (c *compiler) once(err *field.Error) {
	for _, known := range c.errs {
		if known.Field == err.Field {
			return
		}
	}
	c.errs = append(c.errs, err)
}
