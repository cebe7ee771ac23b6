package suite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/suite"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// valid is a PolicyTest that passes; the cases below change it.
const valid = `apiVersion: kubectl-flare.dev/v1alpha1
kind: PolicyTest
metadata: {name: x}
policy: policy.yaml
namespace: fl
kits:
- secretName: flare-kit-site-1-b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2
  framework: nvflare
  participant: site-1
  role: client
  server: fl.example.org:8002
cases:
- name: a pod
  object:
    is:
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec: {hostNetwork: true, containers: [{name: c, image: x}]}
    patch: [{op: remove, path: /spec/hostNetwork}]
  expect: {verdict: warned, messages: [allowPrivilegeEscalation]}
`

const policy = `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: p}
spec:
  enforcement: Warn
  participants: [site-1]
  kits: {trustRoots: [{name: r, sha256: 5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c}]}
  images: {allowed: [{repository: r.example.org/a, digest: "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"}]}
`

// run writes, finds, reads and runs a PolicyTest.
func run(t *testing.T, text string) ([]suite.Result, error) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{"policy.yaml": policy, "sub/test.yml": strings.Replace(text, "policy: ", "policy: ../", 1), "two.yaml": policy + "---\n" + policy} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600))
	}
	files, err := suite.Find([]string{dir})
	require.NoError(t, err)
	require.Len(t, files, 1)
	test, err := suite.Read(files[0])
	if err != nil {
		return nil, err
	}
	r := &suite.Runner{Catalog: policiestest.Catalog(t), Frameworks: frameworks.Default(), Now: time.Now()}
	return r.Run(t.Context(), files[0], test)
}

func TestRun(t *testing.T) {
	results, err := run(t, valid)
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.True(t, results[0].Passed, results[0].Problems)
	require.Equal(t, "warned", results[0].Verdict)
	require.NotContains(t, strings.Join(results[0].Messages, "\n"), "hostNetwork")

	results, err = run(t, strings.Replace(valid, "warned", "denied", 1))
	require.NoError(t, err)
	require.Equal(t, []string{"the verdict is warned, want denied"}, results[0].Problems)
}

// Every mistake is an error with its place, not a case that fails.
func TestMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, want string }{
		"a policy that is not there": {"policy: policy.yaml", "policy: policy-of.yaml", "policy-of.yaml: no such file"},
		"several policies":           {"policy: policy.yaml", "policy: two.yaml", "several SitePolicies"},
		"an odd Secret":              {"flare-kit-site-1-b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2", "flare-kit-site-1", "kits[0]: secretName"},
		"an odd server":              {"fl.example.org:8002", "fl.example.org", "kits[0]: server"},
		"an incomplete local":        {"  server:", "  localName: flare-local-site-1-x\n  local: {a.json: '{}'}\n  server:", "kits[0].local: "},
		"an odd patch":               {"op: remove", "op: lose", `case "a pod": object.patch`},
		"an unknown field of a pod":  {"hostNetwork: true, ", "hostNetwork: true, host: x, ", `case "a pod": object: `},
		"a kind without rules":       {"kind: Pod\n", "kind: Widget\n", "of a kind that SitePolicies cover"},
		"an odd expression":          {"[allowPrivilegeEscalation]", "['(']", "sub/test.yml:21: cases[0].expect.messages[0]: "},
		"another version":            {"v1alpha1", "v1", "sub/test.yml:1: apiVersion: must be kubectl-flare.dev/v1alpha1"},
		"two documents":              {"cases:", "---\ncases:", "one PolicyTest in a file"},
		"no YAML":                    {"namespace: fl", "namespace: {fl", "yaml: "},
		"a key that is there twice":  {"namespace: fl", "namespace: fl\nnamespace: fl", `"namespace" already set`},
		"an unknown field":           {"  role: client", "  role: client\n  rolle: client", "line 11: kits[0].rolle: unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, valid, tc.old)
			_, err := run(t, strings.Replace(valid, tc.old, tc.new, 1))
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestFindNothing(t *testing.T) {
	_, err := suite.Find([]string{"nothing"})
	require.EqualError(t, err, "cannot read nothing: no such file or directory")
}
