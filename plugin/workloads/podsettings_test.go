package workloads_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func TestCheckSettings(t *testing.T) {
	pod := corev1.PodSpec{Containers: []corev1.Container{
		{Name: "a", Command: []string{"/opt/bin/python3.12"}, Env: []corev1.EnvVar{{Name: "HOME"}, {Name: "X"}}, VolumeMounts: []corev1.VolumeMount{{Name: "shm"}}},
	}}
	for name, tc := range map[string]struct {
		change func(*corev1.Container, *workloads.Participant)
		want   string
	}{
		"all in effect":    {func(*corev1.Container, *workloads.Participant) {}, ""},
		"another python":   {func(c *corev1.Container, _ *workloads.Participant) { c.Command[0] = "program" }, "leave --python out"},
		"no shared memory": {func(c *corev1.Container, _ *workloads.Participant) { c.VolumeMounts = nil }, "there is shared memory, but a participant of this role runs no jobs"},
		"shared memory of job pods": {func(c *corev1.Container, p *workloads.Participant) {
			c.VolumeMounts, p.JobPods = nil, true
		}, ""},
		"a variable twice": {func(c *corev1.Container, _ *workloads.Participant) { c.Env[1].Name = "HOME" }, "the variable HOME is set for container a from the kit"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &appsv1.Deployment{}
			d.Spec.Template.Spec = *pod.DeepCopy()
			p := workloads.Participant{Settings: workloads.Settings{PodSettings: workloads.PodSettings{Python: "/opt/bin/python3.12", SharedMemory: resource.MustParse("1Gi")}}}
			tc.change(&d.Spec.Template.Spec.Containers[0], &p)
			err := (&workloads.Set{Stages: [][]workloads.Object{{d}}}).CheckSettings(&p)
			if tc.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.want)
			}
		})
	}
}
