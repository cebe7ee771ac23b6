package workloadstest

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// allSettings has a value for every field.
func allSettings() workloads.PodSettings {
	return workloads.PodSettings{
		Env:          []corev1.EnvVar{{Name: "HTTPS_PROXY", Value: "http://proxy.example.org:3128"}},
		NodeSelector: map[string]string{"gpu": "a100"},
		Tolerations:  []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "fl", Effect: corev1.TaintEffectNoSchedule}},
		CABundle:     workloads.CABundle{ConfigMap: "corporate-ca", Key: "bundle.pem"},
		RuntimeClass: "nvidia", PriorityClass: "training", SharedMemory: resource.MustParse("1Gi"), PlatformUser: new(true),
	}
}

// checkSettings: every pod has the participant's settings, shared memory is in at most one
// container, and the profile allows the pods.
func (s Suite) checkSettings(t *testing.T, c Case) {
	t.Helper()
	c.Participant.PodSettings = allSettings()
	if c.kit(t).Role != kit.RoleServer {
		c.Participant.ServerAddresses, c.Participant.ServerNamespace = []string{"203.0.113.7"}, ""
	}
	c.Participant.Resources.Devices = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}
	settings := c.Participant.PodSettings
	set := s.set(t, c)
	for _, pod := range templates(set) {
		shared := 0
		for _, address := range settings.ServerAddresses {
			assert.Contains(t, pod.Spec.HostAliases, corev1.HostAlias{IP: address, Hostnames: []string{c.kit(t).Server.Host}}, pod.name)
		}
		assert.Equal(t, settings.NodeSelector, pod.Spec.NodeSelector, pod.name)
		assert.Subset(t, pod.Spec.Tolerations, settings.Tolerations, pod.name)
		assert.Contains(t, pod.Spec.Tolerations, corev1.Toleration{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}, pod.name)
		assert.Equal(t, new("nvidia"), pod.Spec.RuntimeClassName, pod.name)
		assert.Equal(t, "training", pod.Spec.PriorityClassName, pod.name)
		assert.Nil(t, pod.Spec.SecurityContext.RunAsUser, pod.name)
		assert.Nil(t, pod.Spec.SecurityContext.RunAsGroup, pod.name)
		assert.Nil(t, pod.Spec.SecurityContext.FSGroup, pod.name)
		for _, container := range pod.Spec.Containers {
			assert.Contains(t, container.Env, settings.Env[0], container.Name)
			assert.Contains(t, container.Env, corev1.EnvVar{Name: "SSL_CERT_FILE", Value: "/etc/flare-ca/ca.crt"}, container.Name)
			for _, m := range container.VolumeMounts {
				if m.MountPath == "/dev/shm" {
					shared++
				}
			}
		}
		assert.LessOrEqual(t, shared, 1, "containers of %s share memory", pod.name)
	}
	s.checkProfile(t, c, set)
}

// consent allows what a participant's settings need.
func consent(spec *v1alpha1.SitePolicySpec, k *kit.Kit, p workloads.Participant) {
	spec.Environment, spec.Placement = &v1alpha1.EnvironmentRule{}, &v1alpha1.PlacementRules{}
	spec.Privacy = &v1alpha1.PrivacyRules{Egress: &v1alpha1.EgressRule{Servers: []v1alpha1.EgressServer{{Host: k.Server.Host, Addresses: p.ServerAddresses}}}}
	if p.CABundle.ConfigMap != "" {
		spec.Environment.CABundles = []string{p.CABundle.ConfigMap}
	}
	for _, e := range p.Env {
		spec.Environment.Allowed = append(spec.Environment.Allowed, e.Name)
	}
	for key, value := range p.NodeSelector {
		spec.Placement.NodeSelector = append(spec.Placement.NodeSelector, v1alpha1.AllowedNodeLabel{Key: key, Values: []string{value}})
	}
	for _, t := range p.Tolerations {
		spec.Placement.Tolerations = append(spec.Placement.Tolerations, v1alpha1.AllowedToleration{Key: t.Key, Operator: t.Operator, Value: t.Value, Effect: t.Effect})
	}
	if p.RuntimeClass != "" {
		spec.Placement.RuntimeClasses = []string{p.RuntimeClass}
	}
	if p.PriorityClass != "" {
		spec.Placement.PriorityClasses = []string{p.PriorityClass}
	}
	maps.Copy(spec.Resources.Max, p.Resources.Devices)
}
