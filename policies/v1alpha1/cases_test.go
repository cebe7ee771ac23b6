package v1alpha1_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// policyCase is a change of a valid policy in testdata, with all errors of Validate.
type policyCase struct {
	Name string `json:"name"`
	// Spec is a merge patch (RFC 7386) of the spec.
	Spec json.RawMessage `json:"spec"`
	// Rejected says that the CRD's schema rejects the policy too.
	Rejected bool     `json:"rejected"`
	Want     []string `json:"want"`
}

// The messages are compared as users see them. A policy that Validate accepts must also
// be accepted by the API server.
func TestPolicies(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	schema := crdSchema(t)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var cases []policyCase
		require.NoError(t, yaml.UnmarshalStrict(data, &cases), file)
		for _, c := range cases {
			t.Run(filepath.Base(file)+"/"+c.Name, func(t *testing.T) {
				policy := c.policy(t)
				var got []string
				for _, err := range v1alpha1.Validate(policy) {
					got = append(got, err.Error())
				}
				require.Equal(t, c.Want, got)
				require.Equal(t, c.Rejected, rejected(t, schema, policy), "the CRD's schema")
				require.False(t, c.Rejected && len(got) == 0)
			})
		}
	}
}

func (c *policyCase) policy(t *testing.T) *v1alpha1.SitePolicy {
	t.Helper()
	policy := policiestest.Policy(t)
	before, err := json.Marshal(policy.Spec)
	require.NoError(t, err)
	after, err := jsonpatch.MergePatch(before, c.Spec)
	require.NoError(t, err)
	policy.Spec = spec{}
	require.NoError(t, yaml.UnmarshalStrict(after, &policy.Spec))
	v1alpha1.SetDefaults(policy)
	return policy
}
