package checks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// podCase is a change of an allowed pod in testdata/pods-*.yaml, with all results.
type podCase struct {
	Name string `json:"name"`
	// Pod is one of worldOf.
	Pod string `json:"pod"`
	// Policy is a merge patch of the policy's spec, Kit one of the client's kit fact, and
	// Patch a JSON patch of the pod.
	Policy json.RawMessage `json:"policy"`
	Kit    json.RawMessage `json:"kit"`
	Patch  json.RawMessage `json:"patch"`
	// User creates the pod instead of a controller.
	User string `json:"user"`
	// Want has "check: message" of each result, in order.
	Want []string `json:"want"`
}

// The messages are compared as users see them.
func TestPodCases(t *testing.T) {
	denied := map[string]bool{}
	for file, cases := range readCases[podCase](t, "testdata/pods-*.yaml") {
		for _, c := range cases {
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				w := worldOf(t, c.Pod)
				require.Empty(t, w.run(), "denied before the change")
				c.change(t, w)
				require.Equal(t, c.Want, messages(denied, w.run()))
			})
		}
	}
	for _, check := range checks.All() {
		require.True(t, denied[check.ID], "no case shows a message of the check %s", check.ID)
	}
}

func readCases[T any](t *testing.T, pattern string) map[string][]T {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string][]T{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var cases []T
		require.NoError(t, yaml.UnmarshalStrict(data, &cases), file)
		all[filepath.Base(file)] = cases
	}
	return all
}

func (c *podCase) change(t *testing.T, w *world) {
	t.Helper()
	merge(t, &w.policy.Spec, c.Policy)
	v1alpha1.SetDefaults(w.policy)
	w.changeKit(func(k *facts.KitFact) { merge(t, k, c.Kit) })
	if c.User != "" {
		w.request.User = c.User
	}
	if c.Patch == nil {
		return
	}
	patch, err := jsonpatch.DecodePatch(c.Patch)
	require.NoError(t, err)
	before, err := json.Marshal(w.Pod)
	require.NoError(t, err)
	after, err := patch.Apply(before)
	require.NoError(t, err)
	w.Pod = &corev1.Pod{}
	require.NoError(t, yaml.UnmarshalStrict(after, w.Pod))
}

// merge applies a merge patch (RFC 7386).
func merge[T any](t *testing.T, into *T, patch json.RawMessage) {
	t.Helper()
	if patch == nil {
		return
	}
	before, err := json.Marshal(into)
	require.NoError(t, err)
	after, err := jsonpatch.MergePatch(before, patch)
	require.NoError(t, err)
	var changed T
	require.NoError(t, json.Unmarshal(after, &changed))
	*into = changed
}

func messages(denied map[string]bool, results []checks.Result) []string {
	var all []string
	for _, r := range results {
		denied[r.ID] = true
		all = append(all, r.ID+": "+r.String())
	}
	return all
}

// objectCase is a write to a Secret or ConfigMap in testdata/objects.yaml.
type objectCase struct {
	Name      string            `json:"name"`
	Secret    *corev1.Secret    `json:"secret"`
	ConfigMap *corev1.ConfigMap `json:"configMap"`
	// Before are the data before an update.
	Before map[string][]byte `json:"before"`
	// Kit is the fact of the Secret, and Local that of the ConfigMap; without it, there is
	// none.
	Kit   *facts.KitFact   `json:"kit"`
	Local *facts.LocalFact `json:"local"`
	User  string           `json:"user"`
	Want  []string         `json:"want"`
}

func TestObjectCases(t *testing.T) {
	site := siteOf(t, nil)
	for _, cases := range readCases[objectCase](t, "testdata/objects.yaml") {
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				require.Equal(t, c.Want, messages(map[string]bool{}, c.evaluate(t, site)))
			})
		}
	}
}

func (c *objectCase) evaluate(t *testing.T, site *compiled.Policy) []checks.Result {
	t.Helper()
	terms := acceptance.Terms{Windows: []acceptance.Window{{
		ID: acceptance.CheckDates, What: "the certificate", NotBefore: policiestest.Now.AddDate(0, -1, 0), NotAfter: policiestest.Now.AddDate(1, 0, 0),
	}}}
	f := policiestest.JobFacts(policiestest.Policy(t), "client")
	if c.ConfigMap != nil {
		if c.Local != nil {
			local := *c.Local
			local.Terms.Windows = append(local.Terms.Windows, terms.Windows...)
			f.Locals[c.ConfigMap.Name] = local
		}
		var old *corev1.ConfigMap
		if c.Before != nil {
			old = c.ConfigMap.DeepCopy()
			old.Data, old.BinaryData = nil, c.Before
		}
		return checks.ConfigMap(c.ConfigMap, old, site, &f)
	}
	delete(f.Kits, c.Secret.Name)
	if c.Kit != nil {
		kit := *c.Kit
		kit.Terms = terms
		f.Kits[c.Secret.Name] = &kit
	}
	var old *corev1.Secret
	if c.Before != nil {
		old = c.Secret.DeepCopy()
		old.Data = c.Before
	}
	return checks.Secret(c.Secret, old, site, &f, checks.Request{Namespace: policiestest.Namespace, User: c.User})
}
