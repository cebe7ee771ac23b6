package v1alpha1

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Validate returns everything that is wrong with a policy. It repeats the rules of
// the CRD's schema, since policies also come from files, and adds those that a schema
// cannot express. Rules that need the registered frameworks, such as which roles
// there are, are in policies.Compile.
func Validate(policy *SitePolicy) field.ErrorList {
	p := policy.DeepCopy()
	SetDefaults(p)
	spec := field.NewPath("spec")
	errs := validateName(p.Name)
	errs = append(errs, oneOf(spec.Child("enforcement"), p.Spec.Enforcement, Enforce, Warn, Audit)...)
	errs = append(errs, oneOf(spec.Child("otherPods"), p.Spec.OtherPods, OtherPodsIsolated, OtherPodsDeny)...)
	errs = append(errs, validateParticipants(spec.Child("participants"), p.Spec.Participants)...)
	errs = append(errs, validateFrameworks(spec.Child("frameworks"), p.Spec.Frameworks)...)
	errs = append(errs, validateKits(spec.Child("kits"), &p.Spec.Kits, p.Spec.Participants)...)
	errs = append(errs, validateKitClaims(spec.Child("kits", "claims"), &p.Spec)...)
	errs = append(errs, validateImages(spec.Child("images"), &p.Spec.Images)...)
	errs = append(errs, validateWorkspace(spec.Child("workspace"), &p.Spec)...)
	errs = append(errs, validateData(spec.Child("data"), &p.Spec)...)
	errs = append(errs, validateLaunchers(spec.Child("launchers"), &p.Spec)...)
	errs = append(errs, validateEnvironment(spec.Child("environment", "allowed"), p.Spec.Environment)...)
	errs = append(errs, validateCABundles(spec.Child("environment", "caBundles"), p.Spec.Environment)...)
	errs = append(errs, validatePlacement(spec.Child("placement"), p.Spec.Placement)...)
	errs = append(errs, validatePrivacy(spec.Child("privacy"), p.Spec.Privacy)...)
	errs = append(errs, validatePodSecurity(spec.Child("podSecurity"), &p.Spec.PodSecurity)...)
	errs = append(errs, validateResources(spec.Child("resources", "max"), p.Spec.Resources.Max)...)
	return append(errs, validateRules(spec.Child("rules"), p.Spec.Rules)...)
}

func validateName(name string) field.ErrorList {
	at := field.NewPath("metadata", "name")
	if name == "" {
		return field.ErrorList{field.Required(at, "it is the value of the namespaces' label "+names.LabelSitePolicy)}
	}
	var errs field.ErrorList
	for _, reason := range append(validation.IsDNS1123Subdomain(name), validation.IsValidLabelValue(name)...) {
		errs = append(errs, field.Invalid(at, name, reason))
	}
	return errs
}

func validateParticipants(at *field.Path, names []string) field.ErrorList {
	if len(names) == 0 {
		return field.ErrorList{field.Required(at, "list the participants whose kits may run here")}
	}
	errs := duplicates(at, names)
	for i, name := range names {
		if name == "" || len(name) > 253 || strings.TrimSpace(name) != name {
			errs = append(errs, field.Invalid(at.Index(i), name, "must be a participant's name, as in the CN of its certificate, without spaces around it"))
		}
	}
	return errs
}

// validateLaunchers requires that a ServiceAccount identifies one participant.
func validateLaunchers(at *field.Path, spec *SitePolicySpec) field.ErrorList {
	var errs field.ErrorList
	participants, accounts := sets.New[string](), sets.New[string]()
	for i, l := range spec.Launchers {
		child := at.Index(i)
		switch {
		case !slices.Contains(spec.Participants, l.Participant):
			errs = append(errs, field.Invalid(child.Child("participant"), l.Participant, "must be one of spec.participants"))
		case participants.Has(l.Participant):
			errs = append(errs, field.Duplicate(child.Child("participant"), l.Participant))
		}
		if accounts.Has(l.ServiceAccountName) {
			errs = append(errs, field.Duplicate(child.Child("serviceAccountName"), l.ServiceAccountName))
		}
		errs = append(errs, objectName(child.Child("serviceAccountName"), l.ServiceAccountName)...)
		participants.Insert(l.Participant)
		accounts.Insert(l.ServiceAccountName)
	}
	return errs
}

func validateRoles(at *field.Path, roles []Role) field.ErrorList {
	errs := duplicates(at, roles)
	for i, role := range roles {
		for _, reason := range validation.IsDNS1123Label(string(role)) {
			errs = append(errs, field.Invalid(at.Index(i), role, reason))
		}
	}
	return errs
}

var psVersion = regexp.MustCompile(`^(latest|v1\.(0|[1-9][0-9]{0,3}))$`)

func validatePodSecurity(at *field.Path, p *PodSecurityRule) field.ErrorList {
	errs := oneOf(at.Child("level"), p.Level, "privileged", "baseline", "restricted")
	if !psVersion.MatchString(p.Version) {
		errs = append(errs, field.Invalid(at.Child("version"), p.Version, "must be latest or a version like v1.37"))
	}
	errs = append(errs, notRoot(at.Child("runAsUser"), p.RunAsUser)...)
	return append(errs, notRoot(at.Child("fsGroup"), p.FSGroup)...)
}

func notRoot(at *field.Path, id *int64) field.ErrorList {
	if id == nil || *id >= 1 {
		return nil
	}
	return field.ErrorList{field.Invalid(at, *id, "must be 1 or more: 0 is root")}
}

func oneOf[T ~string](at *field.Path, value T, allowed ...T) field.ErrorList {
	if slices.Contains(allowed, value) {
		return nil
	}
	return field.ErrorList{field.NotSupported(at, value, allowed)}
}

func duplicates[T ~string](at *field.Path, values []T) field.ErrorList {
	var errs field.ErrorList
	seen := make(map[T]bool, len(values))
	for i, value := range values {
		if seen[value] {
			errs = append(errs, field.Duplicate(at.Index(i), string(value)))
		}
		seen[value] = true
	}
	return errs
}

func objectName(at *field.Path, name string) field.ErrorList {
	var errs field.ErrorList
	for _, reason := range validation.IsDNS1123Subdomain(name) {
		errs = append(errs, field.Invalid(at, name, reason))
	}
	return errs
}

// folder requires a path in its only spelling, outside the folders of an image that
// programs are loaded from.
func folder(at *field.Path, name string) field.ErrorList {
	if !strings.HasPrefix(name, "/") || path.Clean(name) != name || strings.ContainsAny(name, ":$") {
		return field.ErrorList{field.Invalid(at, name, "must be an absolute path without //, /./, /../, :, $ or a slash at its end")}
	}
	for _, system := range systemFolders() {
		if name == "/" || name == system || strings.HasPrefix(name, system+"/") {
			return field.ErrorList{CoversImage(at, name, system)}
		}
	}
	return nil
}

// CoversImage is the error of a path at which a mount would hide a folder of the
// image from which programs are loaded.
func CoversImage(at *field.Path, name, folder string) *field.Error {
	return field.Invalid(at, name, fmt.Sprintf("must not hide %s of the image", folder))
}

func systemFolders() []string {
	return []string{"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys", "/tmp", "/usr", "/var/run", "/run"}
}
