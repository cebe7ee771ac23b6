package workloads

import (
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Validate checks the values.
func (s *PodSettings) Validate(at *field.Path) field.ErrorList {
	errs := validateEnv(at.Child("env"), s.Env)
	for _, key := range slices.Sorted(maps.Keys(s.NodeSelector)) {
		reasons := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(s.NodeSelector[key])...)
		errs = append(errs, invalid(at.Child("nodeSelector"), key+"="+s.NodeSelector[key], reasons...)...)
	}
	for i := range s.Tolerations {
		errs = append(errs, validateToleration(at.Child("tolerations").Index(i), &s.Tolerations[i])...)
	}
	errs = append(errs, validateClass(at.Child("runtimeClass"), s.RuntimeClass)...)
	errs = append(errs, validateClass(at.Child("priorityClass"), s.PriorityClass)...)
	errs = append(errs, s.CABundle.validate(at.Child("caBundle"))...)
	for i, address := range s.ServerAddresses {
		if ip, err := netip.ParseAddr(address); err != nil || ip.IsLoopback() || ip.IsUnspecified() || ip.Zone() != "" {
			errs = append(errs, invalid(at.Child("serverAddresses").Index(i), address, "must be an IP address of the server, such as 203.0.113.7")...)
		}
	}
	if s.SharedMemory.Sign() < 0 {
		errs = append(errs, invalid(at.Child("sharedMemory"), s.SharedMemory.String(), "must be positive")...)
	}
	if s.Python != "" && (!path.IsAbs(s.Python) || path.Clean(s.Python) != s.Python || !strings.HasPrefix(path.Base(s.Python), "python3.")) {
		errs = append(errs, invalid(at.Child("python"), s.Python, "must be the absolute path of the interpreter in the image, with its version, such as /opt/conda/bin/python3.12")...)
	}
	return errs
}

func invalid(at *field.Path, value string, reasons ...string) field.ErrorList {
	var errs field.ErrorList
	for _, reason := range reasons {
		errs = append(errs, field.Invalid(at, value, reason))
	}
	return errs
}

func validateEnv(at *field.Path, env []corev1.EnvVar) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i, e := range env {
		errs = append(errs, invalid(at.Index(i).Child("name"), e.Name, validation.IsEnvVarName(e.Name)...)...)
		if seen[e.Name] {
			errs = append(errs, field.Duplicate(at.Index(i).Child("name"), e.Name))
		}
		seen[e.Name] = true
		if e.ValueFrom != nil || strings.Contains(e.Value, "$(") {
			errs = append(errs, invalid(at.Index(i).Child("value"), e.Value, "must be a literal value, without $(")...)
		}
	}
	return errs
}

func validateToleration(at *field.Path, t *corev1.Toleration) field.ErrorList {
	errs := invalid(at.Child("key"), t.Key, validation.IsQualifiedName(t.Key)...)
	errs = append(errs, invalid(at.Child("value"), t.Value, validation.IsValidLabelValue(t.Value)...)...)
	if !slices.Contains([]corev1.TolerationOperator{"", corev1.TolerationOpEqual, corev1.TolerationOpExists}, t.Operator) {
		errs = append(errs, invalid(at.Child("operator"), string(t.Operator), "must be Equal or Exists")...)
	}
	if !slices.Contains([]corev1.TaintEffect{"", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}, t.Effect) {
		errs = append(errs, invalid(at.Child("effect"), string(t.Effect), "must be NoSchedule, PreferNoSchedule or NoExecute")...)
	}
	return errs
}

func validateClass(at *field.Path, name string) field.ErrorList {
	if name == "" {
		return nil
	}
	return invalid(at, name, validation.IsDNS1123Subdomain(name)...)
}
