package profiles_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

func TestIsInterpreter(t *testing.T) {
	c := &corev1.Container{VolumeMounts: []corev1.VolumeMount{{MountPath: "/workspace"}, {MountPath: "//data/ct/"}, {MountPath: "var/lib/../x"}}}
	for word, want := range map[string]bool{
		"python3": true, "python": true, "python3.12": true, "/usr/local/bin/python3": true, "/usr/bin/python3.9": true,
		"/opt/conda/envs/flare/bin/python": true, "/opt/venv/bin/python3": true, "/workspaces/python3": true,
		"": false, "python2": false, "python3.": false, "python3.123": false, "python3\x20": false, "sh": false, "ipython3": false, "python3-config": false,
		"./python3": false, "bin/python3": false, "/usr//bin/python3": false, "/usr/../workspace/python3": false, "/usr/bin/sh": false, "/": false,
		"/workspace/python3": false, "/workspace/venv/bin/python3": false, "/data/ct/python3": false, "/var/x/python3": false,
		"/tmp/python3": false, "/proc/self/root/usr/bin/python3": false, "/dev/shm/python3": false, "/run/python3": false, "/sys/python3": false,
		"/$(HOME)/python3": false,
	} {
		require.Equal(t, want, profiles.IsInterpreter(word, c), word)
	}
	require.False(t, profiles.IsInterpreter("/opt/python3", &corev1.Container{VolumeMounts: []corev1.VolumeMount{{MountPath: "/"}}}))
}
