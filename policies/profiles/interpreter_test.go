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
		"python3": true, "python3.12": true, "/usr/local/bin/python3": true, "/usr/local/bin/python": true, "/usr/bin/python3.11": true,
		"/opt/conda/envs/flare/bin/python3.12": true, "/opt/venv/bin/python3.20": true, "/workspaces/python3.14": true,
		"python": false, "python3.10": false, "python3.1": false, "/usr/bin/python3": false, "/usr/bin/python3.9": false, "/opt/conda/bin/python": false,
		"": false, "python2": false, "python3.": false, "python3.123": false, "python3\x20": false, "sh": false, "ipython3": false, "python3-config": false,
		"./python3.12": false, "bin/python3.12": false, "/usr//bin/python3.12": false, "/usr/../workspace/python3.12": false, "/usr/bin/sh": false, "/": false,
		"/workspace/python3.12": false, "/workspace/venv/bin/python3.12": false, "/data/ct/python3.12": false, "/var/x/python3.12": false,
		"/tmp/python3.12": false, "/var/tmp/python3.12": false, "/proc/self/root/usr/bin/python3.12": false, "/dev/shm/python3.12": false, "/run/python3.12": false, "/sys/python3.12": false,
		"/$(HOME)/python3.12": false,
	} {
		require.Equal(t, want, profiles.IsInterpreter(word, c), word)
	}
	require.False(t, profiles.IsInterpreter("/opt/python3.12", &corev1.Container{VolumeMounts: []corev1.VolumeMount{{MountPath: "/"}}}))
}
