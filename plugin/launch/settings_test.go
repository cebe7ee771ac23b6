package launch

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func parseSettings(t *testing.T, memory string, args ...string) (workloads.PodSettings, error) {
	t.Helper()
	f := &Settings{}
	fs := pflag.NewFlagSet("launch", pflag.ContinueOnError)
	f.Add(fs)
	require.NoError(t, fs.Parse(args))
	return f.Parse(resource.MustParse(memory))
}

func TestSettings(t *testing.T) {
	got, err := parseSettings(t, "16Gi", "--env=HTTPS_PROXY=http://proxy:3128", "--env=EMPTY=", "--node-selector=gpu=a100", "--toleration=dedicated=fl:NoSchedule",
		"--toleration=spot", "--toleration=example.org/maintenance:NoExecute", "--runtime-class=nvidia", "--priority-class=training", "--shared-memory=8Gi",
		"--python=/opt/conda/bin/python3.12", "--run-as-user=platform", "--ca-bundle=corporate-ca:bundle.pem")
	require.NoError(t, err)
	require.Equal(t, workloads.PodSettings{
		Env:          []corev1.EnvVar{{Name: "HTTPS_PROXY", Value: "http://proxy:3128"}, {Name: "EMPTY"}},
		NodeSelector: map[string]string{"gpu": "a100"},
		Tolerations: []corev1.Toleration{
			{Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "fl", Effect: corev1.TaintEffectNoSchedule},
			{Key: "spot", Operator: corev1.TolerationOpExists},
			{Key: "example.org/maintenance", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
		},
		RuntimeClass: "nvidia", PriorityClass: "training", SharedMemory: resource.MustParse("8Gi"), Python: "/opt/conda/bin/python3.12", PlatformUser: new(true),
		CABundle: workloads.CABundle{ConfigMap: "corporate-ca", Key: "bundle.pem"},
	}, got)
	none, err := parseSettings(t, "0")
	require.NoError(t, err)
	require.Empty(t, none)
}

// All problems are reported at once.
func TestInvalidSettings(t *testing.T) {
	for flag, want := range map[string]string{
		"--env=HTTPS_PROXY":               "give NAME=VALUE",
		"--env=2X=1":                      `--env: Invalid value: "2X"`,
		"--env=X=$(HOME)":                 "must be a literal value",
		"--env=TWICE=1 --env=TWICE=2":     `--env: Duplicate value: "TWICE"`,
		"--node-selector=a/b/c=x":         `--node-selector: Invalid value: "a/b/c=x"`,
		"--node-selector=a=x/y":           `--node-selector: Invalid value: "a=x/y"`,
		"--toleration==x":                 `--toleration: Invalid value: ""`,
		"--toleration=a=b:Sometimes":      "must be NoSchedule, PreferNoSchedule or NoExecute",
		"--toleration=a=b/c":              `--toleration: Invalid value: "b/c"`,
		"--runtime-class=Nvidia":          `--runtime-class: Invalid value: "Nvidia"`,
		"--priority-class=a_b":            `--priority-class: Invalid value: "a_b"`,
		"--shared-memory=much":            "is not a valid size",
		"--shared-memory=-1Gi":            "is not a valid size",
		"--shared-memory=16Gi":            "counts against --memory 16Gi",
		"--python=python3":                "must be the absolute path",
		"--python=/opt/../bin/python3":    "must be the absolute path",
		"--python=/bin/sh":                "must be the absolute path",
		"--ca-bundle=Corporate":           `--ca-bundle: Invalid value: "Corporate"`,
		"--ca-bundle=a:/b":                `--ca-bundle: Invalid value: "/b"`,
		"--ca-bundle=:b":                  `--ca-bundle: Invalid value: ""`,
		"--run-as-user=1000":              "give platform or 65532",
		"--run-as-user=x --python=y":      `--python: Invalid value: "y"`,
		"--toleration=a:X --env=B":        `--toleration: Invalid value: "X"`,
		"--node-selector=_=x --env=B":     "--env \"B\" is not valid",
		"--shared-memory=16Gi --python=x": `--python: Invalid value: "x"`,
	} {
		_, err := parseSettings(t, "16Gi", strings.Fields(flag)...)
		require.ErrorContains(t, err, want, flag)
	}
}

func TestGPUs(t *testing.T) {
	devices, err := (&Pods{GPUs: 2}).devices()
	require.NoError(t, err)
	require.Len(t, devices, 1)
	require.EqualValues(t, 2, devices.Name("nvidia.com/gpu", resource.DecimalSI).Value())
	_, err = (&Pods{GPUs: 2, Devices: map[string]string{"nvidia.com/gpu": "2"}}).devices()
	require.ErrorContains(t, err, "are the same")
	_, err = (&Pods{GPUs: -1}).devices()
	require.ErrorContains(t, err, "--gpus -1")
}
