package checks_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Variables in the policy may have any literal value.
func TestListedVariables(t *testing.T) {
	listed := func(name string, change ...func(*world)) func(*world) {
		return func(w *world) {
			w.policy.Spec.Environment = &v1alpha1.EnvironmentRule{Allowed: []string{name}}
			for _, f := range change {
				f(w)
			}
		}
	}
	env := func(name, value string) func(*world) { return func(w *world) { w.addEnv(name, value) } }
	elsewhere := func(w *world) {
		w.main().Env = append(w.main().Env, corev1.EnvVar{Name: "NCCL_DEBUG", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{}}})
	}
	runCases(t, map[string]testCase{
		"no list":               {"client", env("NCCL_DEBUG", "INFO"), []string{`environment: "NCCL_DEBUG" is not on the list of allowed ones; fix:`}},
		"listed":                {"client", listed("NCCL_DEBUG", env("NCCL_DEBUG", "INFO")), nil},
		"of a job":              {"job", listed("NCCL_DEBUG", env("NCCL_DEBUG", "INFO")), nil},
		"a proxy":               {"client", listed("HTTPS_PROXY", env("HTTPS_PROXY", "http://proxy:3128")), nil},
		"another":               {"client", listed("NCCL_DEBUG", env("NCCL_ALGO", "Ring")), []string{"environment: or add it to spec.environment.allowed of the policy and use a literal value"}},
		"expanded":              {"client", listed("NCCL_DEBUG", env("NCCL_DEBUG", "$(HOME)")), []string{"environment: NCCL_DEBUG"}},
		"escaped":               {"client", listed("NCCL_DEBUG", env("NCCL_DEBUG", "$$(HOME)")), []string{"environment: NCCL_DEBUG"}},
		"one of two expanded":   {"client", listed("NCCL_DEBUG", env("NCCL_DEBUG", "INFO"), env("NCCL_DEBUG", "$(HOME)")), []string{"environment: env[5]", "environment: env[5]"}},
		"one of two, elsewhere": {"client", listed("NCCL_DEBUG", env("NCCL_DEBUG", "INFO"), elsewhere), []string{"environment: env[5]", "environment: env[5]"}},
		"from elsewhere":        {"client", listed("NCCL_DEBUG", elsewhere), []string{"environment: has a value from another object or field"}},
		"the framework's own":   {"client", listed("LANG", env("LANG", "$(X)")), []string{"environment: a plain value"}},
	})
}

func TestHooksAndProbes(t *testing.T) {
	preStop := func(h corev1.LifecycleHandler) func(*world) {
		return func(w *world) { w.main().Lifecycle = &corev1.Lifecycle{PreStop: &h} }
	}
	probe := func(h corev1.ProbeHandler) func(*world) {
		return func(w *world) { w.main().ReadinessProbe = &corev1.Probe{ProbeHandler: h} }
	}
	runCases(t, map[string]testCase{
		"a program":      {"client", preStop(corev1.LifecycleHandler{Exec: &corev1.ExecAction{}}), []string{"environment: lifecycle.preStop"}},
		"a call":         {"client", preStop(corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{}}), []string{"environment: lifecycle.preStop"}},
		"a kind to come": {"client", preStop(corev1.LifecycleHandler{}), []string{"environment: lifecycle.preStop"}},
		"two kinds":      {"client", preStop(corev1.LifecycleHandler{Sleep: &corev1.SleepAction{}, Exec: &corev1.ExecAction{}}), []string{"environment: lifecycle.preStop"}},
		"a sleep":        {"client", preStop(corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 5}}), nil},
		"a sleep at first": {"client", func(w *world) {
			w.main().Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{}}}
		}, []string{"environment: lifecycle.postStart"}},
		"a signal":          {"client", func(w *world) { w.main().Lifecycle = &corev1.Lifecycle{StopSignal: new(corev1.SIGINT)} }, nil},
		"its own port":      {"client", probe(corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{}}), nil},
		"another's port":    {"client", with(probe(corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "192.0.2.1"}})), []string{`environment: readinessProbe): a probe of another host: the node would connect to "192.0.2.1"`}},
		"another's address": {"client", with(probe(corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "192.0.2.1"}})), []string{"environment: a probe of another host"}},
	})
}

// with a level of pod security that looks at no probes.
func with(change func(*world)) func(*world) {
	return func(w *world) {
		w.policy.Spec.PodSecurity.Version = "v1.30"
		change(w)
	}
}
