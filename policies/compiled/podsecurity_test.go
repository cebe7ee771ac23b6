package compiled_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Every level and version forbids the same as Kubernetes' own evaluator, in the same order.
func TestPodSecurity(t *testing.T) {
	reference, err := psa.NewEvaluator(psa.DefaultChecks(), nil)
	require.NoError(t, err)
	versions := []string{"latest"}
	for minor := range 45 {
		versions = append(versions, fmt.Sprintf("v1.%d", minor))
	}
	found := map[string]int{}
	for _, level := range []v1alpha1.PodSecurityLevel{"privileged", "baseline", "restricted"} {
		for _, version := range versions {
			p := site(t, func(s *v1alpha1.SitePolicySpec) { s.PodSecurity.Level, s.PodSecurity.Version = level, version })
			parsed, err := psapi.ParseVersion(version)
			require.NoError(t, err)
			for name, pod := range podsOfStandards(t) {
				want := forbidden(reference.EvaluatePod(psapi.LevelVersion{Level: psapi.Level(level), Version: parsed}, &pod.ObjectMeta, &pod.Spec))
				require.Equal(t, want, p.PodSecurity(&pod.ObjectMeta, &pod.Spec), "%s, %s, %s", name, level, version)
				found[string(level)+" "+name] += len(want)
			}
		}
	}
	require.Zero(t, found["restricted valid"])
	require.Zero(t, found["baseline plain"])
	require.Zero(t, found["privileged wrong"])
	require.NotZero(t, found["restricted plain"])
	require.Greater(t, found["baseline wrong"], 10*len(versions))
}

func forbidden(all []psa.CheckResult) []psa.CheckResult {
	var some []psa.CheckResult
	for _, r := range all {
		if !r.Allowed {
			some = append(some, r)
		}
	}
	return some
}

func podsOfStandards(t *testing.T) map[string]*corev1.Pod {
	t.Helper()
	return map[string]*corev1.Pod{
		"valid": policiestest.OtherPod(t),
		"plain": {Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}}},
		"wrong": {
			ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{
				"container.apparmor.security.beta.kubernetes.io/main": "unconfined", "seccomp.security.alpha.kubernetes.io/pod": "unconfined",
			}},
			Spec: corev1.PodSpec{
				HostNetwork: true, HostPID: true,
				SecurityContext: &corev1.PodSecurityContext{
					RunAsUser: new(int64(0)), SELinuxOptions: &corev1.SELinuxOptions{User: "root"},
					SeccompProfile:  &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined},
					AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined},
					Sysctls:         []corev1.Sysctl{{Name: "kernel.msgmax", Value: "1"}},
					WindowsOptions:  &corev1.WindowsSecurityContextOptions{HostProcess: new(true)},
				},
				Volumes: []corev1.Volume{{Name: "node", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}},
				Containers: []corev1.Container{{
					Name: "main", Ports: []corev1.ContainerPort{{HostPort: 80}},
					SecurityContext: &corev1.SecurityContext{
						Privileged: new(true), ProcMount: new(corev1.UnmaskedProcMount), Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_ADMIN"}},
					},
					LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "10.0.0.1"}}},
				}},
			},
		},
	}
}
