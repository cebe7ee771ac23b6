package federation_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

const valid = `apiVersion: kubectl-flare.dev/v1alpha1
kind: Federation
metadata: {name: demo}
spec:
  framework: {name: toy, version: 1.0.0}
  defaults: {namespace: fl, image: "registry.example.org/toy:1.0", podLabels: {a: "1", b: "2"}}
  roleDefaults:
    client: {resources: {cpu: 2, devices: {amd.com/gpu: 1}}, data: [{claim: scans, mountPath: /data}]}
  participants:
  - {name: hub, role: server, org: lab, address: "hub:9000", adminAddress: "hub:9001", names: [hub.fl.svc]}
  - {name: leaf-1, role: client, org: a, context: east, podLabels: {b: "3"}, resources: {memory: 1Gi}}
  - {name: anna, role: admin, org: lab, runtime: external}
`

func decode(t *testing.T, text string) *federation.Federation {
	t.Helper()
	f, err := federation.Decode("f.yaml", []byte(text))
	require.NoError(t, err)
	return f
}

func TestProject(t *testing.T) {
	f := decode(t, valid)
	report := f.Report()
	f.Validate(report)
	project := f.Project(report)
	require.NoError(t, report.Err())
	member := func(name, org, field string) provisioning.Member {
		return provisioning.Member{Name: name, Org: org, Field: field}
	}
	assert.Equal(t, provisioning.Project{
		Name: "demo", Version: "1.0.0",
		Server: provisioning.Server{
			Member: member("hub", "lab", "spec.participants[0]"), Address: "hub:9000", AdminAddress: "hub:9001", Names: []string{"hub.fl.svc"},
		},
		Clients: []provisioning.Member{member("leaf-1", "a", "spec.participants[1]")},
		Admins:  []provisioning.Member{member("anna", "lab", "spec.participants[2]")},
	}, project)
}

func TestProjectRejects(t *testing.T) {
	f := decode(t, strings.ReplaceAll(valid, "role: admin", "role: server")+"  - {name: r, role: relay}\n")
	report := f.Report()
	f.Project(report)
	require.EqualError(t, report.Err(), "f.yaml:12: spec.participants[2].role is server, as that of hub: a federation has one server\n"+
		`f.yaml:13: spec.participants[3].role is "relay": kits are made for the roles server, client and admin`)
}

// A participant's own settings come before those of its role, and these before the general
// ones.
func TestMembers(t *testing.T) {
	members, err := decode(t, valid).Members()
	require.NoError(t, err)
	hub, leaf := members[0], members[1]
	assert.Equal(t, "fl", leaf.Namespace)
	assert.Equal(t, "east", leaf.Context)
	assert.Equal(t, map[string]string{"a": "1", "b": "3"}, leaf.PodLabels)
	assert.Equal(t, "2", leaf.Resources.CPU.String())
	assert.Equal(t, "1Gi", leaf.Resources.Memory.String())
	assert.Len(t, leaf.Data, 1)
	assert.Empty(t, hub.Data)
	assert.Equal(t, map[string]string{"a": "1", "b": "2"}, hub.PodLabels)
}

// A participant takes back what defaults say: with false, and with an empty list.
func TestMembersTakeBack(t *testing.T) {
	f := decode(t, strings.Replace(valid, "defaults: {", "defaults: {platformUser: true, tolerations: [{key: spot}], imagePullSecrets: [pull], service: {type: NodePort}, ", 1)+
		"  - {name: leaf-2, role: client, platformUser: false, tolerations: [], imagePullSecrets: [], data: [], service: {type: ClusterIP}}\n")
	members, err := f.Members()
	require.NoError(t, err)
	leaf, other := members[3], members[1]
	assert.False(t, leaf.HasPlatformUser())
	assert.Empty(t, leaf.Tolerations)
	assert.Empty(t, leaf.ImagePullSecrets)
	assert.Empty(t, leaf.Data)
	assert.False(t, leaf.ExternalService.External())
	assert.True(t, other.HasPlatformUser())
	assert.Len(t, other.Tolerations, 1)
	assert.Equal(t, []string{"pull"}, other.ImagePullSecrets)
	assert.True(t, other.ExternalService.External())
}

// All mistakes come at once, each with its line.
func TestInvalid(t *testing.T) {
	data, err := os.ReadFile("testdata/invalid.yaml")
	require.NoError(t, err)
	var cases []struct {
		Name, File string
		Errors     []string
	}
	require.NoError(t, yaml.UnmarshalStrict(data, &cases))
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			f, err := federation.Decode("f.yaml", []byte(tc.File))
			if err == nil {
				report := f.Report()
				f.Validate(report)
				err = report.Err()
			}
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(tc.Errors), err)
			for i, want := range tc.Errors {
				assert.Contains(t, lines[i], want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(valid))
	f.Add([]byte("kind: Federation\napiVersion: kubectl-flare.dev/v1alpha1\nspec: {participants: [[a], {name: &x b}, *x]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := federation.Decode("f.yaml", data)
		if err != nil {
			return
		}
		report := found.Report()
		found.Validate(report)
		if _, err := found.Members(); err != nil && report.Err() == nil {
			t.Fatal(err)
		}
	})
}
