package v1alpha1

import (
	"github.com/Masterminds/semver/v3"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateFrameworks(at *field.Path, rules []FrameworkRule) field.ErrorList {
	names := make([]string, 0, len(rules))
	var errs field.ErrorList
	for i, rule := range rules {
		names = append(names, rule.Name)
		for _, reason := range validation.IsDNS1123Label(rule.Name) {
			errs = append(errs, field.Invalid(at.Index(i).Child("name"), rule.Name, reason))
		}
		if _, err := rule.Admitted(); err != nil {
			errs = append(errs, field.Invalid(at.Index(i).Child("versions"), rule.Versions, "must be a range of semantic versions, such as >=2.8"))
		}
	}
	return append(errs, duplicates(at, names)...)
}

// Admitted parses versions. It returns nil if every version is allowed.
func (r *FrameworkRule) Admitted() (*semver.Constraints, error) {
	if r.Versions == "" {
		return nil, nil //nolint:nilnil // no constraint is no error
	}
	return semver.NewConstraint(r.Versions)
}
