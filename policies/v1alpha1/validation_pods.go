package v1alpha1

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

var (
	imageDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	imageTag    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
)

func validateImages(at *field.Path, rules *ImageRules) field.ErrorList {
	var errs field.ErrorList
	if len(rules.Allowed) == 0 {
		errs = append(errs, field.Required(at.Child("allowed"), "list the images that participants may run"))
	}
	for i := range rules.Allowed {
		errs = append(errs, validateImage(at.Child("allowed").Index(i), &rules.Allowed[i], rules.Allowed[:i])...)
	}
	errs = append(errs, duplicates(at.Child("pullSecrets"), rules.PullSecrets)...)
	for i, name := range rules.PullSecrets {
		errs = append(errs, validatePullSecret(at.Child("pullSecrets").Index(i), name)...)
	}
	return errs
}

// validatePullSecret requires a part of its own before an asterisk: with "*" alone, a pod could
// use every Secret of the namespace, and with "{participant}-*" those of a participant whose
// name begins with another's.
func validatePullSecret(at *field.Path, name string) field.ErrorList {
	prefix, pattern := strings.CutSuffix(name, "*")
	if own := strings.ReplaceAll(prefix, participantMark, ""); pattern && strings.Trim(own, "-.") == "" {
		return field.ErrorList{field.Invalid(at, name, "must have a beginning before *, such as {participant}-dockercfg-*")}
	}
	example := strings.ReplaceAll(prefix, participantMark, "p")
	if pattern {
		example += "x"
	}
	var errs field.ErrorList
	for _, reason := range validation.IsDNS1123Subdomain(example) {
		errs = append(errs, field.Invalid(at, name, reason))
	}
	return errs
}

func validateImage(at *field.Path, image *AllowedImage, before []AllowedImage) field.ErrorList {
	var errs field.ErrorList
	named, err := reference.ParseNormalizedNamed(image.Repository)
	if err != nil || !reference.IsNameOnly(named) {
		errs = append(errs, field.Invalid(at.Child("repository"), image.Repository, "must be a repository with its registry, without tag and digest"))
	}
	if !imageDigest.MatchString(image.Digest) {
		errs = append(errs, field.Invalid(at.Child("digest"), image.Digest, "must be sha256: and 64 lower-case hexadecimal digits"))
	}
	if image.Tag == "" {
		return errs
	}
	if !imageTag.MatchString(image.Tag) {
		errs = append(errs, field.Invalid(at.Child("tag"), image.Tag, "must be a valid tag"))
	}
	if slices.ContainsFunc(before, func(b AllowedImage) bool { return b.Repository == image.Repository && b.Tag == image.Tag }) {
		errs = append(errs, field.Duplicate(at.Child("tag"), image.Repository+":"+image.Tag))
	}
	return errs
}

const participantMark = "{participant}"

func validateWorkspace(at *field.Path, spec *SitePolicySpec) field.ErrorList {
	w := &spec.Workspace
	errs := folder(at.Child("mountPath"), w.MountPath)
	for _, reason := range validation.IsDNS1123Subdomain(strings.ReplaceAll(w.ClaimName, participantMark, "p")) {
		errs = append(errs, field.Invalid(at.Child("claimName"), w.ClaimName, reason))
	}
	if sub := w.SubPath; sub != "" && (strings.HasPrefix(sub, "/") || path.Clean(sub) != sub || sub == "." || strings.HasPrefix(sub, "..") || strings.Contains(sub, "$")) {
		errs = append(errs, field.Invalid(at.Child("subPath"), sub, "must be a relative path without //, /./, /../ or $"))
	}
	shared := !strings.Contains(w.ClaimName, participantMark) && !strings.Contains(w.SubPath, participantMark)
	if shared && len(spec.Participants) > 1 {
		errs = append(errs, field.Invalid(at.Child("claimName"), w.ClaimName, "several participants would share one folder: put {participant} into claimName or subPath"))
	}
	return errs
}

func validateData(at *field.Path, spec *SitePolicySpec) field.ErrorList {
	var errs field.ErrorList
	for i := range spec.Data {
		rule, here := &spec.Data[i], at.Index(i)
		errs = append(errs, objectName(here.Child("claimName"), rule.ClaimName)...)
		if rule.VolumeName != "" {
			errs = append(errs, objectName(here.Child("volumeName"), rule.VolumeName)...)
		}
		errs = append(errs, folder(here.Child("mountPath"), rule.MountPath)...)
		if len(rule.Roles) == 0 {
			errs = append(errs, field.Required(here.Child("roles"), "list the roles whose pods may mount the claim"))
		}
		errs = append(errs, validateRoles(here.Child("roles"), rule.Roles)...)
		errs = append(errs, validateStudies(here, rule)...)
		errs = append(errs, dataConflicts(here, rule, spec.Data[:i], &spec.Workspace)...)
	}
	return errs
}

// studyName is the form of the name of a study.
var studyName = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)

func validateStudies(at *field.Path, rule *DataRule) field.ErrorList {
	errs := duplicates(at.Child("studies"), rule.Studies)
	for i, name := range rule.Studies {
		if !studyName.MatchString(name) {
			errs = append(errs, field.Invalid(at.Child("studies").Index(i), name, "must be the name of a study: lower-case letters, digits, - and _"))
		}
	}
	if len(rule.Studies) > 0 && !slices.Contains(rule.Roles, RoleJob) {
		errs = append(errs, field.Invalid(at.Child("studies"), strings.Join(rule.Studies, ", "), "are for jobs: add the role job to roles, or remove studies"))
	}
	return errs
}

// dataConflicts finds mounts that would hide one another.
func dataConflicts(at *field.Path, rule *DataRule, before []DataRule, w *WorkspaceRule) field.ErrorList {
	var errs field.ErrorList
	for j := range before {
		if before[j].ClaimName == rule.ClaimName {
			errs = append(errs, field.Duplicate(at.Child("claimName"), rule.ClaimName))
		}
		if rule.VolumeName != "" && before[j].VolumeName == rule.VolumeName {
			errs = append(errs, field.Duplicate(at.Child("volumeName"), rule.VolumeName))
		}
		if nested(before[j].MountPath, rule.MountPath) {
			errs = append(errs, field.Invalid(at.Child("mountPath"), rule.MountPath, "must not be, contain or be below "+before[j].MountPath+", the mountPath of "+before[j].ClaimName))
		}
	}
	if nested(w.MountPath, rule.MountPath) {
		errs = append(errs, field.Invalid(at.Child("mountPath"), rule.MountPath, "must not be, contain or be below "+w.MountPath+", the mountPath of the workspace"))
	}
	if strings.Contains(w.ClaimName, participantMark) || w.ClaimName != rule.ClaimName {
		return errs
	}
	return append(errs, field.Invalid(at.Child("claimName"), rule.ClaimName, "must not be the claim of spec.workspace"))
}

func nested(a, b string) bool {
	return a != "" && b != "" && (a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/"))
}

func validateResources(at *field.Path, most corev1.ResourceList) field.ErrorList {
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(most)) {
		q := most[name]
		for _, reason := range validation.IsQualifiedName(string(name)) {
			errs = append(errs, field.Invalid(at.Key(string(name)), string(name), reason))
		}
		if q.Sign() < 0 {
			errs = append(errs, field.Invalid(at.Key(string(name)), q.String(), "must not be negative"))
		}
	}
	return errs
}
