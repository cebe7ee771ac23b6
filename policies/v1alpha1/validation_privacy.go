package v1alpha1

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validatePrivacy(at *field.Path, p *PrivacyRules) field.ErrorList {
	if p == nil {
		return nil
	}
	errs := validateScopes(at.Child("scopes"), p.Scopes)
	if p.CustomCode != "" {
		errs = append(errs, oneOf(at.Child("customCode"), p.CustomCode, CustomCodeDeny, CustomCodeSignedOnly, CustomCodeAllow)...)
	}
	for i := range p.Settings {
		errs = append(errs, validateSetting(at.Child("settings").Index(i), &p.Settings[i])...)
	}
	errs = append(errs, validateEgress(at.Child("egress"), p.Egress)...)
	return append(errs, validateRoles(at.Child("interactiveAccess", "podRoles"), p.InteractiveAccess.PodRoles)...)
}

// validateScopes requires that every scope with a required filter is allowed, and that others
// are not: otherwise a job could use a scope without the filter.
func validateScopes(at *field.Path, s *PrivacyScopes) field.ErrorList {
	if s == nil {
		return nil
	}
	var errs field.ErrorList
	if len(s.Allowed) == 0 {
		errs = append(errs, field.Required(at.Child("allowed"), "list the scopes that local/ may define: a job could use any other one"))
	}
	errs = append(errs, duplicates(at.Child("allowed"), s.Allowed)...)
	for i, name := range s.Allowed {
		if name == "" || strings.ContainsAny(name, "[]{}") {
			errs = append(errs, field.Invalid(at.Child("allowed").Index(i), name, "must be the name of a scope, without brackets and braces"))
		}
	}
	if s.Default != "" && !slices.Contains(s.Allowed, s.Default) {
		errs = append(errs, field.NotSupported(at.Child("default"), s.Default, s.Allowed))
	}
	for i := range s.RequiredFilters {
		errs = append(errs, validateFilter(at.Child("requiredFilters").Index(i), &s.RequiredFilters[i], s.Allowed)...)
	}
	return errs
}

func validateFilter(at *field.Path, f *RequiredFilter, scopes []string) field.ErrorList {
	var errs field.ErrorList
	if !slices.Contains(scopes, f.Scope) {
		errs = append(errs, field.NotSupported(at.Child("scope"), f.Scope, scopes))
	}
	errs = append(errs, oneOf(at.Child("direction"), f.Direction, "in", "out", "inout")...)
	if f.Filter == "" {
		errs = append(errs, field.Required(at.Child("filter"), "name the class of the filter"))
	}
	var names []string
	for i := range f.Arguments {
		one, here := &f.Arguments[i], at.Child("arguments").Index(i)
		if one.Name == "" {
			errs = append(errs, field.Required(here.Child("name"), "name the argument"))
		} else if slices.Contains(names, one.Name) {
			errs = append(errs, field.Duplicate(here.Child("name"), one.Name))
		}
		names = append(names, one.Name)
		errs = append(errs, validateBound(here, &one.Bound)...)
		if one.count() != 1 {
			errs = append(errs, field.Invalid(here, one.Name, "must have either min or max or both, or equals, or oneOf"))
		}
	}
	return errs
}

func validateSetting(at *field.Path, s *SettingRule) field.ErrorList {
	errs := validateBound(at, &s.Bound)
	if s.Framework == "" {
		errs = append(errs, field.Required(at.Child("framework"), "name the framework that has the setting"))
	}
	if s.Setting == "" {
		errs = append(errs, field.Required(at.Child("setting"), "name the setting"))
	}
	kinds := s.count()
	for _, set := range []bool{s.Present, s.Absent} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		errs = append(errs, field.Invalid(at, s.Setting, "must have either min or max or both, or equals, or oneOf, or present, or absent"))
	}
	return errs
}

// count says how many kinds of bounds are set.
func (b *Bound) count() int {
	kinds := 0
	for _, set := range []bool{b.Min != "" || b.Max != "", b.Equals != nil, b.OneOf != nil} {
		if set {
			kinds++
		}
	}
	return kinds
}

func validateBound(at *field.Path, b *Bound) field.ErrorList {
	low, errs := number(at.Child("min"), b.Min)
	high, more := number(at.Child("max"), b.Max)
	errs = append(errs, more...)
	if b.Min != "" && b.Max != "" && len(errs) == 0 && low > high {
		errs = append(errs, field.Invalid(at.Child("min"), b.Min, "must not be more than max, "+b.Max))
	}
	if b.OneOf != nil && len(b.OneOf) == 0 {
		errs = append(errs, field.Required(at.Child("oneOf"), "list the allowed values"))
	}
	return append(errs, duplicates(at.Child("oneOf"), b.OneOf)...)
}

func number(at *field.Path, text string) (float64, field.ErrorList) {
	if text == "" {
		return 0, nil
	}
	value, err := ParseNumber(text)
	if err != nil {
		return 0, field.ErrorList{field.Invalid(at, text, "must be a number such as 1 or 0.5")}
	}
	return value, nil
}

// ParseNumber reads a number in the form of JSON, which excludes NaN and infinite ones.
func ParseNumber(text string) (float64, error) {
	if !json.Valid([]byte(text)) || !strings.ContainsAny(text[:1], "-0123456789") {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return strconv.ParseFloat(text, 64)
}
