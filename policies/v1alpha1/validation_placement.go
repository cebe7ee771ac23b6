package v1alpha1

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func validateEnvironment(at *field.Path, rule *EnvironmentRule) field.ErrorList {
	if rule == nil {
		return nil
	}
	errs := duplicates(at, rule.Allowed)
	for i, name := range rule.Allowed {
		for _, reason := range validation.IsEnvVarName(name) {
			errs = append(errs, field.Invalid(at.Index(i), name, reason))
		}
		if loadsCode(name) {
			errs = append(errs, field.Invalid(at.Index(i), name, "must not be a variable with which programs load other code"))
		}
		if givesDevices(name) {
			errs = append(errs, field.Invalid(at.Index(i), name, "must not be a variable that gives access to devices: request them in resources.limits"))
		}
	}
	return errs
}

func validateCABundles(at *field.Path, rule *EnvironmentRule) field.ErrorList {
	if rule == nil {
		return nil
	}
	errs := duplicates(at, rule.CABundles)
	for i, name := range rule.CABundles {
		for _, reason := range validation.IsDNS1123Subdomain(name) {
			errs = append(errs, field.Invalid(at.Index(i), name, reason))
		}
		if strings.HasPrefix(name, names.PrefixLocal) || strings.HasPrefix(name, names.PrefixKit) {
			errs = append(errs, field.Invalid(at.Index(i), name, "is a name of a kit"))
		}
	}
	return errs
}

// loadsCode recognises variables of loaders, shells and interpreters. It protects against
// mistakes only, since it cannot know all programs of an image.
func loadsCode(name string) bool {
	switch name {
	case "PYTHONHASHSEED", "PYTHONFAULTHANDLER", "PYTHONUNBUFFERED":
		return false
	case "PATH", "HOME", "ENV", "BASH_ENV", "IFS", "GCONV_PATH", "GLIBC_TUNABLES", "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES",
		"PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
		"CUDA_INJECTION64_PATH", "CUDA_INJECTION32_PATH":
		return true
	}
	return strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "PYTHON") || strings.HasPrefix(name, "NCCL_") && strings.HasSuffix(name, "_PLUGIN")
}

// givesDevices recognises variables with which container runtimes add devices. Variables of
// libraries, such as CUDA_VISIBLE_DEVICES, only select among the devices of a container.
func givesDevices(name string) bool {
	switch name {
	case "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL":
		return false
	case "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_MIG_CONFIG_DEVICES", "NVIDIA_MIG_MONITOR_DEVICES", "NVIDIA_IMEX_CHANNELS":
		return true
	}
	return strings.HasSuffix(name, "_VISIBLE_DEVICES")
}

func validatePlacement(at *field.Path, rules *PlacementRules) field.ErrorList {
	if rules == nil {
		return nil
	}
	errs := classes(at.Child("runtimeClasses"), rules.RuntimeClasses)
	errs = append(errs, classes(at.Child("priorityClasses"), rules.PriorityClasses)...)
	errs = append(errs, validateNodeLabels(at.Child("nodeSelector"), rules.NodeSelector)...)
	for i := range rules.Tolerations {
		errs = append(errs, validateToleration(at.Child("tolerations").Index(i), &rules.Tolerations[i])...)
		if slices.Contains(rules.Tolerations[:i], rules.Tolerations[i]) {
			errs = append(errs, field.Duplicate(at.Child("tolerations").Index(i), rules.Tolerations[i].Key))
		}
	}
	return append(errs, validateAnnotations(at.Child("annotations"), rules.Annotations)...)
}

func classes(at *field.Path, names []string) field.ErrorList {
	errs := duplicates(at, names)
	for i, name := range names {
		errs = append(errs, objectName(at.Index(i), name)...)
	}
	return errs
}

func validateNodeLabels(at *field.Path, labels []AllowedNodeLabel) field.ErrorList {
	var errs field.ErrorList
	keys := make([]string, 0, len(labels))
	for i, label := range labels {
		keys = append(keys, label.Key)
		errs = append(errs, qualifiedName(at.Index(i).Child("key"), label.Key)...)
		values := at.Index(i).Child("values")
		if len(label.Values) == 0 {
			errs = append(errs, field.Required(values, "list the values that pods may select"))
		}
		errs = append(errs, duplicates(values, label.Values)...)
		for j, value := range label.Values {
			errs = append(errs, labelValue(values.Index(j), value)...)
		}
	}
	return append(errs, duplicates(at, keys)...)
}

func validateToleration(at *field.Path, t *AllowedToleration) field.ErrorList {
	errs := qualifiedName(at.Child("key"), t.Key)
	errs = append(errs, oneOf(at.Child("operator"), t.Operator, corev1.TolerationOpEqual, corev1.TolerationOpExists)...)
	errs = append(errs, oneOf(at.Child("effect"), t.Effect, "", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)...)
	if t.Operator == corev1.TolerationOpExists && t.Value != "" {
		errs = append(errs, field.Invalid(at.Child("value"), t.Value, "must be empty if the operator is Exists"))
	}
	return append(errs, labelValue(at.Child("value"), t.Value)...)
}

// validateAnnotations validates keys, and prefixes with their slash.
func validateAnnotations(at *field.Path, keys []string) field.ErrorList {
	errs := duplicates(at, keys)
	for i, key := range keys {
		name := key
		if strings.HasSuffix(key, "/") {
			name += "x"
		}
		errs = append(errs, qualifiedName(at.Index(i), strings.ToLower(name))...)
	}
	return errs
}

func qualifiedName(at *field.Path, name string) field.ErrorList {
	var errs field.ErrorList
	for _, reason := range validation.IsQualifiedName(name) {
		errs = append(errs, field.Invalid(at, name, reason))
	}
	return errs
}

func labelValue(at *field.Path, value string) field.ErrorList {
	var errs field.ErrorList
	for _, reason := range validation.IsValidLabelValue(value) {
		errs = append(errs, field.Invalid(at, value, reason))
	}
	return errs
}
