package rules_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// example is a pod for a rule of docs/rules.md.
type example struct {
	Pod string `json:"pod"`
	// Patch changes the pod, and Old makes the pod before an update of it.
	Patch json.RawMessage `json:"patch"`
	Old   json.RawMessage `json:"old"`
	// Kit changes what is known about its kit.
	Kit    json.RawMessage `json:"kit"`
	User   string          `json:"user"`
	Groups []string        `json:"groups"`
}

// documented are the rules in docs/rules.md.
func documented(t *testing.T) []v1alpha1.CELRule {
	t.Helper()
	text, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	var all []v1alpha1.CELRule
	for i, part := range strings.Split(string(text), "```") {
		if block, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			var some []v1alpha1.CELRule
			require.NoError(t, yaml.UnmarshalStrict([]byte(block), &some), block)
			all = append(all, some...)
		}
	}
	return all
}

// Each rule in the documentation is valid, and allows and denies what its examples say.
func TestDocumentation(t *testing.T) {
	cases := map[string]struct{ Allows, Denies []example }{}
	for _, c := range load[struct {
		Rule           string
		Allows, Denies []example
	}](t, "examples.yaml") {
		cases[c.Rule] = struct{ Allows, Denies []example }{c.Allows, c.Denies}
	}
	all := documented(t)
	require.GreaterOrEqual(t, len(all), 10)
	require.Len(t, cases, len(all))
	for _, r := range all {
		t.Run(r.Name, func(t *testing.T) {
			c := cases[r.Name]
			require.NotEmpty(t, c.Allows)
			require.NotEmpty(t, c.Denies)
			require.NotEmpty(t, r.Message)
			for _, e := range c.Allows {
				require.Empty(t, e.evaluate(t, r), "%+v", e)
			}
			for _, e := range c.Denies {
				require.Equal(t, []string{`the rule "` + r.Name + `" denies the pod: ` + r.Message}, e.evaluate(t, r), "%+v", e)
			}
		})
	}
}

// evaluate returns what the rule says.
func (e *example) evaluate(t *testing.T, r v1alpha1.CELRule) []string {
	t.Helper()
	policy := policiestest.Policy(t)
	f := policiestest.Facts(policy)
	if e.Pod == "job" {
		policy = policiestest.JobPolicy(t)
		f = policiestest.JobFacts(policy, "client")
	}
	policy.Spec.Rules = []v1alpha1.CELRule{r}
	for name, k := range f.Kits {
		if e.Kit != nil {
			require.NoError(t, json.Unmarshal(e.Kit, &k))
			f.Kits[name] = k
		}
	}
	site := policiestest.Compile(t, policy)
	review := policies.Review{
		Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"}, Namespace: policiestest.Namespace,
		User: authenticationv1.UserInfo{Username: e.User, Groups: e.Groups}, Object: site.Mutate(e.pod(t, e.Patch), f),
	}
	if e.Old != nil {
		review.Operation, review.OldObject = policies.Update, e.pod(t, e.Old)
	}
	var said []string
	for _, result := range site.Evaluate(review, f).Results {
		if result.ID == checks.IDRules {
			said = append(said, result.Reason+": "+result.Detail)
		}
	}
	return said
}

func (e *example) pod(t *testing.T, patch json.RawMessage) *corev1.Pod {
	t.Helper()
	pod := map[string]*corev1.Pod{
		"other": policiestest.OtherPod(t), "job": policiestest.JobPod(t, "client"),
		"client": policiestest.LaunchPod(t, "client"), "server": policiestest.LaunchPod(t, "server"),
	}[e.Pod]
	if patch == nil {
		return pod
	}
	before, err := json.Marshal(pod)
	require.NoError(t, err)
	p, err := jsonpatch.DecodePatch(patch)
	require.NoError(t, err)
	after, err := p.Apply(before)
	require.NoError(t, err)
	changed := &corev1.Pod{}
	require.NoError(t, json.Unmarshal(after, changed))
	return changed
}
