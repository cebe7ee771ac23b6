package v1alpha1

import (
	"fmt"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The bounds of rules, as in the CRD. They bound the time that a policy takes to compile.
const (
	maxRules      = 50
	maxExpression = 4096
	maxMessage    = 1024
)

// validateRules checks all but the expressions themselves, which policies.Compile compiles.
func validateRules(at *field.Path, rules []CELRule) field.ErrorList {
	var errs field.ErrorList
	if len(rules) > maxRules {
		return field.ErrorList{field.TooMany(at, len(rules), maxRules)}
	}
	names := make([]string, 0, len(rules))
	for i, r := range rules {
		child := at.Index(i)
		names = append(names, r.Name)
		for _, reason := range validation.IsDNS1123Label(r.Name) {
			errs = append(errs, field.Invalid(child.Child("name"), r.Name, reason))
		}
		errs = append(errs, validateExpression(child.Child("expression"), r.Expression)...)
		errs = append(errs, validateMessage(child.Child("message"), r.Message)...)
	}
	return append(errs, duplicates(at, names)...)
}

func validateExpression(at *field.Path, expression string) field.ErrorList {
	switch {
	case strings.TrimSpace(expression) == "":
		return field.ErrorList{field.Required(at, "a CEL expression that is true for what is allowed")}
	case len(expression) > maxExpression:
		return field.ErrorList{field.TooLong(at, "", maxExpression)}
	}
	return nil
}

// validateMessage requires that a message is one line, since each line of a denial is one
// violation.
func validateMessage(at *field.Path, message string) field.ErrorList {
	switch {
	case len(message) > maxMessage:
		return field.ErrorList{field.TooLong(at, "", maxMessage)}
	case strings.ContainsFunc(message, func(r rune) bool { return !unicode.IsPrint(r) }):
		return field.ErrorList{field.Invalid(at, fmt.Sprintf("%.40q", message), "must be one line of characters that can be printed")}
	}
	return nil
}
