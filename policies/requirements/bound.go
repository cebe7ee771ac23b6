package requirements

import (
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// bound gives a requirement its bounds, in the type of the setting and within the numbers
// with which it has an effect. It reports whether there are such values.
func (c *compiler) bound(r *settings.Requirement, b *v1alpha1.Bound, of *settings.Declared, at *field.Path) bool {
	before := len(c.errs)
	r.Lists = of.Lists
	r.Min = c.limit(at.Child("min"), b.Min, of.Type)
	r.Max = c.limit(at.Child("max"), b.Max, of.Type)
	if b.Equals != nil {
		r.OneOf = c.allowed(at.Child("equals"), *b.Equals, of)
	}
	for i, text := range b.OneOf {
		r.OneOf = append(r.OneOf, c.allowed(at.Child("oneOf").Index(i), text, of)...)
	}
	if !of.Domain.Overlaps(nil, r.Max) {
		c.ineffective(at.Child("max"), b.Max)
	}
	if !of.Domain.Overlaps(r.Min, nil) {
		c.ineffective(at.Child("min"), b.Min)
	}
	r.Within(of.Domain)
	return len(c.errs) == before
}

// allowed is an allowed value, which must be one with which the setting has an effect.
func (c *compiler) allowed(at *field.Path, text string, of *settings.Declared) []any {
	all := c.typed(at, text, of.Type)
	for _, one := range all {
		if number, ok := one.(float64); ok && !of.Domain.Contains(number) {
			c.ineffective(at, text)
		}
	}
	if text == "" && of.Lists == settings.AllOfThese {
		c.ineffective(at, text)
	}
	return all
}

func (c *compiler) ineffective(at *field.Path, text string) {
	c.once(field.Invalid(at, text, "with such values the filter does nothing, or fails: see docs/privacy.md"))
}

func (c *compiler) limit(at *field.Path, text string, kind settings.Type) *float64 {
	if text == "" {
		return nil
	}
	if kind != settings.Number && kind != settings.Any {
		c.once(field.Invalid(at, text, "the setting is a "+string(kind)+", not a number: use equals or oneOf"))
		return nil
	}
	value, err := v1alpha1.ParseNumber(text)
	if err != nil {
		return nil // v1alpha1.Validate reports it
	}
	return &value
}

// typed is a text as a value of the type. Of a setting whose type is not known, it may be of
// any type.
func (c *compiler) typed(at *field.Path, text string, kind settings.Type) []any {
	number, err := v1alpha1.ParseNumber(text)
	isNumber, isBoolean := err == nil, text == "true" || text == "false"
	switch kind {
	case settings.Number:
		if !isNumber {
			c.once(field.Invalid(at, text, "the setting is a number"))
			return nil
		}
		return []any{number}
	case settings.Boolean:
		if !isBoolean {
			c.once(field.NotSupported(at, text, []string{"true", "false"}))
			return nil
		}
		return []any{text == "true"}
	case settings.Text, settings.Texts, settings.Any:
	}
	all := []any{text}
	if kind == settings.Any && isNumber {
		all = append(all, number)
	}
	if value, err := strconv.ParseBool(text); kind == settings.Any && isBoolean && err == nil {
		all = append(all, value)
	}
	return all
}
