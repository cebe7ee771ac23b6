package requirements

import (
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// bound gives a requirement its bounds, in the type of the setting. It reports whether they
// have that type.
func (c *compiler) bound(r *settings.Requirement, b *v1alpha1.Bound, kind settings.Type, at *field.Path) bool {
	before := len(c.errs)
	r.Min = c.limit(at.Child("min"), b.Min, kind)
	r.Max = c.limit(at.Child("max"), b.Max, kind)
	if b.Equals != nil {
		r.OneOf = c.typed(at.Child("equals"), *b.Equals, kind)
	}
	for i, text := range b.OneOf {
		r.OneOf = append(r.OneOf, c.typed(at.Child("oneOf").Index(i), text, kind)...)
	}
	return len(c.errs) == before
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
