package kit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// A site writes and seals the settings of job pods in one go, and the kit is as genuine as
// before.
func TestSealSettingsOfJobPods(t *testing.T) {
	fed := newFederation(t)
	it := kittest.NewSealer(t, "it-security")
	dir := fed.Client("site-1", "hospital_a").Seal(t, fed.Sealer("release")).WriteDir(t)
	before := entries(t, filepath.Join(dir, "local"))
	args := append([]string{"seal", "--local", dir, "--job-runtime=pod", "--job-image=registry.example.org/nvflare:2.9.0", "--job-image-pull-secret=regcred",
		"--run-as-user=platform", "--env=HTTPS_PROXY=http://proxy:3128", "--python=/opt/conda/bin/python3.12", "--toleration=gpu", "--ca-bundle=corporate-ca"}, sealerFiles(t, it)...)

	got := run(today, append(args, "--dry-run=client")...)
	require.NoError(t, got.err)
	assert.Equal(t, before, entries(t, filepath.Join(dir, "local")), "the dry run writes")

	got = run(today, args...)
	require.NoError(t, got.err)
	assert.Contains(t, got.out, "site-1 local/ sealed by the site")
	for file, text := range map[string]string{"resources.json": `"regcred"`, "./resources.json": `"/opt/conda/bin/python3.12"`, "comm_config.json": `"host": "site-1"`, "study_runtime.yaml": "image: registry.example.org/nvflare:2.9.0"} {
		data, err := os.ReadFile(filepath.Join(dir, "local", file))
		require.NoError(t, err)
		assert.Contains(t, string(data), text)
	}
	study, err := os.ReadFile(filepath.Join(dir, "local", "study_runtime.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(study), "runAsUser")
	for _, text := range []string{"value: http://proxy:3128", "key: gpu", "name: corporate-ca"} {
		assert.Contains(t, string(study), text)
	}
	require.NoError(t, run(today, "verify", dir, "--policy="+policyFile(t, fed, sealersOf(t, it))).err)

	got = run(today, args...)
	require.NoError(t, got.err)
	assert.Contains(t, got.out, "site-1 local/ unchanged")
}

func TestSealSettingsThatCannotBe(t *testing.T) {
	fed := newFederation(t)
	key := sealerFiles(t, fed.Sealer("release"))
	dir := fed.Client("site-1", "hospital_a").WriteDir(t)
	admin := fed.Admin("lead@hospital-a.org", "hospital_a", "lead").WriteDir(t)
	for want, args := range map[string][]string{
		"give --local, too": {dir, "--job-runtime=pod"},
		"not valid":         {"--local", dir, "--job-runtime=docker"},
		"need --job-runtime=pod": {
			"--local", dir, "--job-image=x",
		},
		"--python, --run-as-user needs --job-runtime=pod": {"--local", dir, "--python=/opt/bin/python3.12", "--run-as-user=platform"},
		`--env "HTTPS_PROXY" is not valid`:                {"--local", dir, "--job-runtime=pod", "--env=HTTPS_PROXY"},
		"runs no jobs":                                    {"--local", admin, "--job-runtime=pod"},
	} {
		got := run(today, append(append([]string{"seal"}, args...), key...)...)
		require.ErrorContains(t, got.err, want)
	}
	assert.NotContains(t, entries(t, filepath.Join(dir, "local")), "resources.json")
	assert.NotContains(t, entries(t, dir), kit.LocalSealFile)
}
