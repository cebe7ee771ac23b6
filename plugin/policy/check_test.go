package policy_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
)

func TestCheckWhatLaunchWrites(t *testing.T) {
	s := newSite(t)
	out, err := run(t, "", "check", "-f", s.manifests, "--policy", s.policyFile)
	require.NoError(t, err, out)
	assert.Contains(t, out, "Deployment fl-site-1/site-1 allowed by SitePolicy hospital-a\n")
	assert.Contains(t, out, "Secret fl-site-1/flare-kit-site-1-")
	assert.Contains(t, out, "ServiceAccount fl-site-1/site-1 not evaluated: SitePolicies do not cover this kind\n")
	assert.Contains(t, out, "the webhook adds or changes: spec.template.spec.containers[0].image")
	assert.Contains(t, out, "4 allowed, 0 denied, ")
	assert.NotContains(t, out, "PRIVATE")
}

// launch leaves Secrets out of what it prints; the kit's folder has the content.
func TestCheckWithoutTheSecret(t *testing.T) {
	s := newSite(t)
	var kept []string
	for document := range strings.SplitSeq(launched(t, s.kit), "\n---\n") {
		if !strings.Contains(document, "kind: Secret\n") {
			kept = append(kept, document)
		}
	}
	printed := strings.Join(kept, "\n---\n")
	args := []string{"check", "-f", "-", "--policy", s.policyFile}
	out, err := run(t, printed, append(args, "--kit", s.kitDir)...)
	require.NoError(t, err, out)
	assert.Contains(t, out, "3 allowed, 0 denied")

	out, err = run(t, printed, args...)
	require.Error(t, err, "the Deployment's kit is not known")
	assert.Contains(t, out, "give its kit's folder with --kit")
}

func TestCheckDenies(t *testing.T) {
	s := newSite(t)
	deployment := last(t, s.manifests)
	for name, tc := range map[string]struct {
		old, new string
		want     []string
	}{
		"image":    {image + ":2.9.0", "registry.example.org.evil.com/nvflare:2.9.0", []string{`container "nvflare" (spec.template.spec.containers[0].image): the image's repository is not allowed`, "    fix: use one of the policy's images: " + image}},
		"hostPath": {"emptyDir: {}", "hostPath: {path: /}", []string{"the kind of volume is not allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(deployment, tc.old, tc.new, 1)
			require.NotEqual(t, deployment, changed)
			out, err := run(t, changed, "check", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir)
			require.EqualError(t, err, "1 of 1 objects would be denied")
			assert.Contains(t, out, "standard input, document 1: Deployment fl-site-1/site-1 denied by SitePolicy hospital-a\n")
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
		})
	}
}

func last(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	documents := strings.Split(string(data), "---\n")
	return documents[len(documents)-1]
}

// A pod is evaluated as mutation leaves it, unless --mutate=false is given.
func TestCheckPods(t *testing.T) {
	s := newSite(t)
	pod := podOf(t, last(t, s.manifests))
	args := []string{"check", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir}
	out, err := run(t, pod, args...)
	require.NoError(t, err, out)
	assert.Contains(t, out, "Pod fl-site-1/p allowed")
	assert.Contains(t, out, "the webhook adds or changes: spec.containers[0].image")

	out, err = run(t, pod, append(args, "--mutate=false")...)
	require.Error(t, err)
	assert.Contains(t, out, "the image has no digest")

	out, err = run(t, pod, args[:5]...)
	require.Error(t, err)
	assert.Contains(t, out, "is in none of the files: give its kit's folder with --kit")
}

// podOf makes the pod of a Deployment, with data of the site.
func podOf(t *testing.T, deployment string) string {
	t.Helper()
	var d struct {
		Spec struct {
			Template map[string]any `json:"template"`
		} `json:"spec"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(deployment), &d))
	pod := d.Spec.Template
	pod["apiVersion"], pod["kind"] = "v1", "Pod"
	meta, ok := pod["metadata"].(map[string]any)
	require.True(t, ok)
	meta["name"], meta["namespace"] = "p", "fl-site-1"
	data, err := yaml.Marshal(pod)
	require.NoError(t, err)
	return string(data)
}

func TestCheckFormats(t *testing.T) {
	s := newSite(t)
	bad := strings.Replace(last(t, s.manifests), image, "evil", 1)
	args := []string{"check", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir, "-o"}
	asJSON, err := run(t, bad, append(args, "json")...)
	require.Error(t, err, "the report comes, and then the failure")
	var report policy.CheckReport
	require.NoError(t, json.Unmarshal([]byte(asJSON), &report))
	assert.Equal(t, "PolicyCheck", report.Kind)
	assert.Equal(t, policy.CheckSummary{Denied: 1}, report.Summary)
	assert.Equal(t, "images", report.Items[0].Results[0].ID)

	names, _ := run(t, bad, append(args, "name")...)
	assert.Equal(t, "deployment/site-1\n", names)
	columns, _ := run(t, bad, append(args, "custom-columns=OBJECT:.name,VERDICT:.verdict")...)
	assert.Equal(t, "OBJECT   VERDICT\nsite-1   denied\n", columns)

	asYAML, _ := run(t, bad, append(args, "yaml")...)
	converted, err := yaml.YAMLToJSON([]byte(asYAML))
	require.NoError(t, err)
	assert.JSONEq(t, asJSON, string(converted))
}

// Which policy governs is what the namespace says, if it is there.
func TestCheckChoosesThePolicy(t *testing.T) {
	s := newSite(t)
	data, err := os.ReadFile(s.policyFile)
	require.NoError(t, err)
	one := string(data)
	two := one + "---\n" + strings.Replace(one, "name: hospital-a", "name: hospital-b", 1)
	namespace := func(labels string) string {
		return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: fl-site-1, labels: {" + labels + "}}\n---\n"
	}
	deployment := last(t, s.manifests)
	for name, tc := range map[string]struct{ in, want, wantErr string }{
		"the only one":   {one + "---\n" + deployment, "allowed by SitePolicy hospital-a", ""},
		"none":           {deployment, "", "the files contain no SitePolicy: give --policy FILE"},
		"two":            {two + "---\n" + deployment, "", `the files contain the SitePolicies hospital-a, hospital-b, and nothing says which of them governs namespace "fl-site-1"`},
		"by the label":   {two + namespace("kubectl-flare.dev/site-policy: hospital-b") + deployment, "allowed by SitePolicy hospital-b", ""},
		"no such policy": {two + namespace("kubectl-flare.dev/site-policy: hospital-c") + deployment, "denied\n  - the policy does not exist or is not loaded yet", "1 of 3 objects"},
		"not governed":   {one + namespace("a: b") + deployment, `not evaluated: namespace "fl-site-1" has no label`, ""},
		"a bad policy":   {strings.Replace(one, "participants: [site-1]", "participants: []", 1) + "---\n" + deployment, "list the participants whose kits may run here", "2 of 2 objects"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, tc.in, "check", "-f", "-", "--kit", s.kitDir)
			if tc.wantErr == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.wantErr)
			}
			assert.Contains(t, out, tc.want)
		})
	}
}

func TestCheckBadInput(t *testing.T) {
	s := newSite(t)
	for name, tc := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"nothing":      {"", nil, "give a file or folder with -f"},
		"no such file": {"", []string{"-f", "/nowhere"}, "/nowhere"},
		"empty folder": {"", []string{"-f", t.TempDir()}, "has no .yaml, .yml or .json file"},
		"no YAML":      {"a: [", []string{"-f", "-"}, "standard input, document 1: it is not valid YAML or JSON"},
		"a key twice":  {"kind: Pod\nkind: Pod\n", []string{"-f", "-"}, "already set"},
		"no object":    {"a: b", []string{"-f", "-"}, "no apiVersion and kind"},
		"misspelt":     {"apiVersion: v1\nkind: Pod\nspec: {hostnetwork: true}", []string{"-f", "-"}, `unknown field "spec.hostnetwork"`},
		"in a List":    {"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: {containers: 7}}]", []string{"-f", "-"}, "item 1: it is not a valid Pod"},
		"no policy":    {"", []string{"-f", "-", "--policy", s.manifests}, "contains no SitePolicy"},
		"no kit":       {"", []string{"-f", "-", "--kit", t.TempDir()}, "--kit: cannot use the kit"},
		"format":       {"", []string{"-f", "-", "-o", "xml"}, `unable to match a printer suitable for the output format "xml"`},
		"too large":    {strings.Repeat("#", 17<<20), []string{"-f", "-"}, "larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, tc.stdin, append([]string{"check"}, tc.args...)...)
			assert.ErrorContains(t, err, tc.want)
		})
	}
}

// What only the webhook's flags say is assumed, and said; a field of a later Kubernetes
// is rejected as kubectl rejects it.
func TestCheckFieldsOfPods(t *testing.T) {
	s := newSite(t)
	args := []string{"check", "-f", "-", "--policy", s.policyFile, "--kit", s.kitDir}
	with := func(field string) string {
		deployment := last(t, s.manifests)
		changed := strings.Replace(deployment, "      automountServiceAccountToken:", "      "+field+"\n      automountServiceAccountToken:", 1)
		require.NotEqual(t, deployment, changed)
		return changed
	}
	out, err := run(t, with("schedulerName: volcano"), args...)
	require.Error(t, err)
	assert.Contains(t, out, "spec.template.spec.schedulerName: another scheduler")
	assert.Contains(t, out, "note: assumed: the webhook was installed without --binder")

	out, err = run(t, with("runtimeClassName: nvidia"), args...)
	require.Error(t, err)
	assert.Contains(t, out, "spec.template.spec.runtimeClassName: the RuntimeClass is not allowed")
	assert.Contains(t, out, "fix: remove it, or add it to spec.placement.runtimeClasses of the policy")

	_, err = run(t, with("later: 1"), args...)
	require.ErrorContains(t, err, `unknown field "spec.template.spec.later"`)
}
