package flower

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// variables are those that mutation adds to containers that run Python. The last two keep
// Flower from sending events to its authors and from asking for new versions of itself, which
// a closed namespace does not let out.
func variables() []corev1.EnvVar {
	return append(profiles.PythonVariables(),
		corev1.EnvVar{Name: flower.Telemetry, Value: flower.TelemetryValue}, corev1.EnvVar{Name: flower.UpdateCheck, Value: flower.UpdateCheckValue})
}

// logLevel is how much Flower logs. Source: supercore/logger.py, 1.36.0 and 1.42.0.
const logLevel = "FLWR_LOG_LEVEL"

// variable says what is wrong with a variable, or "". No policy can allow others of Flower:
// one opens a second Control API without authentication (FLWR_INTERNAL_GRPC_CONTROL_API),
// others replace arguments.
func variable(e *corev1.EnvVar) (detail string, listed bool) {
	if e.ValueFrom != nil || !strings.HasPrefix(e.Name, "FLWR_") {
		return profiles.PythonVariable(e)
	}
	ok, want := false, ""
	switch e.Name {
	case flower.Telemetry:
		ok, want = e.Value == flower.TelemetryValue, flower.TelemetryValue
	case flower.UpdateCheck:
		ok, want = e.Value == flower.UpdateCheckValue, flower.UpdateCheckValue
	case logLevel:
		ok, want = e.Value == "INFO" || e.Value == "WARNING" || e.Value == "ERROR", "INFO, WARNING or ERROR, since DEBUG logs what is confidential"
	default:
		return profiles.Sprintf("the variable %q changes what the arguments say, or sends data away", e.Name), true
	}
	if ok {
		return "", true
	}
	return profiles.Sprintf("%s is %q, but must be %s", e.Name, e.Value, want), true
}
