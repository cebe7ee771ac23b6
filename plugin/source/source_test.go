package source_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
)

func pod(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\n"
}

// tree writes the files below a folder of the test's and returns the folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func read(t *testing.T, files source.Files, stdin string) ([]string, error) {
	t.Helper()
	require.NoError(t, files.Validate())
	objects, err := files.All(t.Context(), strings.NewReader(stdin))
	var places []string
	for _, o := range objects {
		places = append(places, strings.TrimPrefix(o.String(), "standard input, ")+": "+o.Kind+" "+o.Name)
	}
	return places, err
}

func named(names ...string) source.Files {
	var f source.Files
	f.Filenames = names
	return f
}

func TestWhatIsRead(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.yaml": pod("a"), "b.yml": pod("b"), "c.json": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}`,
		"notes.txt": "nothing", "below/d.yaml": pod("d"),
	})
	recursive := named(dir)
	recursive.Recursive = true
	for name, tc := range map[string]struct {
		files source.Files
		want  []string
	}{
		"a file":           {named(filepath.Join(dir, "b.yml")), []string{"b"}},
		"a folder":         {named(dir), []string{"a", "b", "c"}},
		"with those below": {recursive, []string{"a", "b", "d", "c"}},
		"a pattern":        {named(filepath.Join(dir, "*.y*ml")), []string{"a", "b"}},
		"several":          {named(filepath.Join(dir, "c.json"), filepath.Join(dir, "a.yaml")), []string{"c", "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := tc.files.All(t.Context(), nil)
			require.NoError(t, err)
			var got []string
			for _, o := range objects {
				got = append(got, o.Name)
			}
			require.ElementsMatch(t, tc.want, got)
		})
	}
}

func TestDocuments(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":         {"", nil},
		"only comments":   {"# a\n---\n# b\n", nil},
		"documents":       {pod("a") + "---\n" + pod("b"), []string{"document 1: Pod a", "document 2: Pod b"}},
		"a List":          {"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {generateName: b-}}\n", []string{"document 1, item 1: Pod a", "document 1, item 2: Pod b-*"}},
		"flow YAML":       {"{apiVersion: v1, kind: Pod, metadata: {name: a}}", []string{"document 1: Pod a"}},
		"a JSON stream":   {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}} {"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}`, []string{"document 1: Pod a", "document 1: Pod b"}},
		"an unknown kind": {"apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: x}\n", []string{"document 1: Thing x"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, named(source.Stdin), tc.in)
			require.NoError(t, err)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestStrictness(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"no YAML":             {"a: [", "standard input, document 1: it is not valid YAML or JSON"},
		"no object":           {"a: b", "document 1: it is not a Kubernetes object"},
		"a key twice in YAML": {"kind: Pod\nkind: Pod\n", "already set"},
		"a key twice in JSON": {`{"apiVersion":"v1","kind":"Pod","kind":"Pod"}`, `duplicate field "kind"`},
		"broken JSON":         {`{"apiVersion":"v1","kind":"Pod"} {`, "it is not valid JSON"},
		"an unknown field":    {pod("a") + "---\n" + pod("b") + "spec: {hostnetwork: true}", `document 2: it is not a valid Pod: strict decoding error: unknown field "spec.hostnetwork"`},
		"a typed list":        {"apiVersion: v1\nkind: PodList\n", "it is a PodList: use kind List"},
		"in a List":           {"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: {containers: 7}}]", "document 1, item 1: it is not a valid Pod"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, named(source.Stdin), tc.in)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// Each document may be as large as MaxDocument, and so their sum larger.
func TestTheBoundIsOnADocument(t *testing.T) {
	filler := strings.Repeat("# filler\n", source.MaxDocument/9*2/3)
	got, err := read(t, named(source.Stdin), filler+pod("a")+"---\n"+filler+pod("b"))
	require.NoError(t, err)
	require.Equal(t, []string{"document 1: Pod a", "document 2: Pod b"}, got)

	_, err = read(t, named(source.Stdin), pod("a")+"---\n"+filler+filler)
	require.ErrorContains(t, err, "standard input, document 2: the document is larger than 16 MiB")
}

func TestSecretsAreAsTheServerKeepsThem(t *testing.T) {
	files := named(source.Stdin)
	objects, err := files.All(t.Context(), strings.NewReader("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n"))
	require.NoError(t, err)
	want := &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: "s"},
		Data: map[string][]byte{"a": []byte("b")},
	}
	if diff := cmp.Diff(want, objects[0].Typed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestURLs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a.yaml" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(pod("a")))
	}))
	defer server.Close()
	got, err := read(t, named(server.URL+"/a.yaml"), "")
	require.NoError(t, err)
	require.Equal(t, []string{server.URL + "/a.yaml, document 1: Pod a"}, got)
	_, err = read(t, named(server.URL+"/b.yaml"), "")
	require.ErrorContains(t, err, "/b.yaml: the server answered 404 Not Found")
}

func TestKustomization(t *testing.T) {
	dir := tree(t, map[string]string{
		"kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: x-\n", "pod.yaml": pod("a"),
	})
	var files source.Files
	files.Kustomize = dir
	got, err := read(t, files, "")
	require.NoError(t, err)
	require.Equal(t, []string{dir + ", document 1: Pod x-a"}, got)
	files.Kustomize = t.TempDir()
	_, err = read(t, files, "")
	require.ErrorContains(t, err, "cannot read the kustomization")
}

func TestContradictingFlags(t *testing.T) {
	both := named("a")
	both.Kustomize = "b"
	require.ErrorContains(t, both.Validate(), "cannot be combined")
	twice := named("-", "-")
	require.ErrorContains(t, twice.Validate(), "standard input")
}

func TestWhatIsNotThere(t *testing.T) {
	_, err := read(t, named("/nowhere.yaml"), "")
	require.ErrorContains(t, err, "/nowhere.yaml: no such file")
	_, err = read(t, named(t.TempDir()), "")
	require.ErrorContains(t, err, "has no .yaml, .yml or .json file")
}

const policy = `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: hospital-a}
spec:
  participants: [site-1]
  kits: {trustRoots: [{name: cancer, sha256: 5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f}]}
  images: {allowed: [{repository: registry.example.org/nvflare, digest: "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"}]}
`

func TestPolicy(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"one":              {policy, ""},
		"beside others":    {pod("a") + "---\n" + policy, ""},
		"none":             {pod("a"), "contains no SitePolicy of kubectl-flare.dev/v1alpha1"},
		"two":              {policy + "---\n" + policy, "contains several SitePolicies"},
		"a misspelt field": {strings.Replace(policy, "participants", "participant", 1), `document 1: it is not a valid SitePolicy: strict decoding error: unknown field "spec.participant"`},
		"not valid":        {pod("a") + "---\n" + strings.Replace(policy, "[site-1]", "[]", 1), `document 2: SitePolicy "hospital-a" is invalid: spec.participants`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(tree(t, map[string]string{"policy.yaml": tc.text}), "policy.yaml")
			p, err := source.Policy(t.Context(), file)
			if tc.want == "" {
				require.NoError(t, err)
				require.Equal(t, "hospital-a", p.Name)
				return
			}
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, file)
		})
	}
}
