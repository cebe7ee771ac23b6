package policy_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func TestExplainAFile(t *testing.T) {
	s := newSite(t)
	out, err := run(t, podOf(t, last(t, s.manifests)), "explain", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir)
	require.NoError(t, err)
	for _, want := range []string{
		"Pod fl-site-1/p: allowed\n",
		"Policy: hospital-a (Enforce); it was given with --policy\n",
		"Webhook, according to what `kubectl flare install` writes; no cluster was contacted:\n",
		"  pods.kubectl-flare.dev sees CREATE pods, UPDATE pods, UPDATE pods/ephemeralcontainers, UPDATE pods/resize (failurePolicy Fail): namespaceSelector kubectl-flare.dev/site-policy,",
		"  connect.kubectl-flare.dev sees CONNECT pods/exec, CONNECT pods/attach, CONNECT pods/portforward, CONNECT pods/proxy ",
		"Matched, as a pod with the role client:\n",
		"spec.participants[0] (site-1)\n", "spec.kits.trustRoots[0] (cancer)\n", "(sealed by the project, serial 1)\n",
		"  container nvflare: spec.images.allowed[0] (", "  volume workspace: spec.workspace (claim site-1-workspace of site-1)\n",
		"  ServiceAccount site-1: spec.launchers (creates the job pods of site-1)\n",
		"  images          pass\n", "  other-pods      not applicable\n",
		"The webhook adds or changes: spec.containers[0].image",
	} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "fail\n")
}

// local/ is sealed, or the policy lists it.
func TestExplainLocal(t *testing.T) {
	s := newSite(t)
	args := []string{"explain", "-f", "-", "--kit", s.kitDir, "--policy"}
	pod := podOf(t, last(t, s.manifests))
	out, err := run(t, pod, append(args, s.policyFile)...)
	require.NoError(t, err)
	what := "ConfigMap " + kit.ConfigMapName(s.kit)
	assert.Contains(t, out, what+": spec.kits.trustRoots (sealed by the project, serial 1)\n")

	text, err := os.ReadFile(s.policyFile)
	require.NoError(t, err)
	listed := strings.Replace(string(text), "  kits:\n", "  kits:\n    local: [{participant: site-1, digest: "+s.kit.LocalDigest()+"}]\n", 1)
	out, err = run(t, pod, append(args, write(t, "listed.yaml", listed))...)
	require.NoError(t, err)
	assert.Contains(t, out, what+": spec.kits.local[0] (the policy lists its digest)\n")
}

func TestExplainFailures(t *testing.T) {
	s := newSite(t)
	changed := strings.Replace(podOf(t, last(t, s.manifests)), image, "evil.example.org/x", 1)
	args := []string{"explain", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir}
	out, err := run(t, changed, args...)
	require.NoError(t, err, "a denial is an explanation, not a failure of the command")
	assert.Contains(t, out, "Pod fl-site-1/p: denied\n")
	assert.Contains(t, out, "  images          fail\n    - container \"nvflare\" (spec.containers[0].image): the image's repository is not allowed")
	assert.Contains(t, out, "  container nvflare: no entry (evil.example.org/x:2.9.0)\n")

	asJSON, err := run(t, changed, append(args, "-o", "json")...)
	require.NoError(t, err)
	var report policy.ExplainReport
	require.NoError(t, json.Unmarshal([]byte(asJSON), &report))
	require.Len(t, report.Items, 1)
	var failed []string
	for _, c := range report.Items[0].Checks {
		if c.Verdict == "fail" {
			failed = append(failed, c.ID)
		}
	}
	assert.Equal(t, []string{"images"}, failed)
	assert.Equal(t, "denied", report.Items[0].Verdict)
}

func TestExplainWorkloads(t *testing.T) {
	s := newSite(t)
	out, err := run(t, "", "explain", "-f", s.manifests, "--policy", s.policyFile)
	require.NoError(t, err)
	assert.Contains(t, out, "Deployment fl-site-1/site-1: allowed\n")
	assert.Contains(t, out, "  templates.kubectl-flare.dev sees CREATE deployments, UPDATE deployments (failurePolicy Ignore)")
}

func TestExplainNamespaces(t *testing.T) {
	s := newSite(t)
	namespace := func(label string) string {
		return "apiVersion: v1\nkind: Namespace\nmetadata: {name: fl-site-1, labels: {" + label + "}}\n---\n"
	}
	deployment := last(t, s.manifests)
	for name, tc := range map[string]struct {
		label string
		want  []string
	}{
		"not governed": {"a: b", []string{
			`Deployment fl-site-1/site-1: not evaluated: namespace "fl-site-1" has no label kubectl-flare.dev/site-policy, so the webhook sees nothing of it`,
			"Policy: none\n", "  templates.kubectl-flare.dev does not see CREATE deployments",
		}},
		"no such policy": {"kubectl-flare.dev/site-policy: absent", []string{
			"Deployment fl-site-1/site-1: denied\n", "Policy: absent, which does not exist; namespace fl-site-1 has the label",
			"  - the policy does not exist or is not loaded yet",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, namespace(tc.label)+deployment, "explain", "-f", "-")
			require.NoError(t, err)
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
		})
	}
}

func TestExplainBadInput(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"nothing":     {nil, "give either the name of a pod or a file with -f"},
		"both":        {[]string{"p", "-f", "-"}, "give either the name of a pod or a file with -f"},
		"no pod":      {[]string{"-f", "-"}, "the files contain no pod and no workload"},
		"no policy":   {[]string{"-f", "-", "--policy", "/nowhere"}, "--policy: cannot read /nowhere"},
		"format":      {[]string{"-f", "-", "-o", "xml"}, `unable to match a printer suitable for the output format "xml"`},
		"two of them": {[]string{"a", "b"}, "accepts at most 1 arg"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, "", append([]string{"explain"}, tc.args...)...)
			assert.ErrorContains(t, err, tc.want)
		})
	}
}

// The cluster does not record who created a pod: a job pod counts as the launcher's.
func TestExplainAJobPod(t *testing.T) {
	s := newSite(t)
	job := `{apiVersion: v1, kind: Pod, metadata: {name: j, namespace: fl-site-1}, spec: {containers: [{name: c, image: x,
    command: [/usr/local/bin/python3], args: [-u, -m, nvflare.private.fed.app.client.worker_process]}]}}`
	args := []string{"explain", "-f", "-", "--policy", s.policyFile}
	out, err := run(t, job, args...)
	require.NoError(t, err)
	assert.Contains(t, out, "Note: assumed: the launcher system:serviceaccount:fl-site-1:site-1 creates the pod")
	assert.NotContains(t, out, "only a launcher may create job pods")

	out, err = run(t, job, append(args, "--as-user", "alice")...)
	require.NoError(t, err)
	assert.Contains(t, out, "only a launcher may create job pods")
}
