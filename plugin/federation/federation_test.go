package federation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

const head = "apiVersion: kubectl-flare.dev/v1alpha1\nkind: Federation\n"

func TestDecode(t *testing.T) {
	f, err := federation.Decode([]byte(head + `
metadata: {name: demo}
spec:
  framework: {name: toy, version: 1.0}
  server: {name: hub, org: lab, address: "hub:9000", adminAddress: "hub:9001", names: [hub.fl.svc]}
  clients: [{name: leaf-1, org: a}]
  admins: [{name: anna, org: lab}]
`))
	require.ErrorContains(t, err, "version", "a number is no version")
	assert.Nil(t, f)
	f, err = federation.Decode([]byte(head + `
metadata: {name: demo}
spec:
  framework: {name: toy, version: 1.0.0}
  server: {name: hub, org: lab, address: "hub:9000", adminAddress: "hub:9001", names: [hub.fl.svc]}
  clients: [{name: leaf-1, org: a}]
  admins: [{name: anna, org: lab}]
`))
	require.NoError(t, err)
	assert.Equal(t, "toy", f.Spec.Framework.Name)
	assert.Equal(t, provisioning.Project{
		Name: "demo", Version: "1.0.0",
		Server: provisioning.Server{
			Member: provisioning.Member{Name: "hub", Org: "lab"}, Address: "hub:9000", AdminAddress: "hub:9001", Names: []string{"hub.fl.svc"},
		},
		Clients: []provisioning.Member{{Name: "leaf-1", Org: "a"}}, Admins: []provisioning.Member{{Name: "anna", Org: "lab"}},
	}, f.Project())
}

func TestDecodeRejects(t *testing.T) {
	for data, want := range map[string]string{
		"": "must begin with apiVersion",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: x}": "must begin with apiVersion",
		head + "spec: {sites: []}":                       `unknown field "spec.sites"`,
		head + "spec: {}\nspec: {}":                      "not valid YAML",
		head + "\n---\n" + head:                          "several documents",
		"{":                                              "not valid YAML",
	} {
		_, err := federation.Decode([]byte(data))
		assert.ErrorContains(t, err, want, data)
	}
}
