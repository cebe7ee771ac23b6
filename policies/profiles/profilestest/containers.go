package profilestest

import (
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// ContainerCase is a container in a file, and what a profile must say about it.
type ContainerCase struct {
	Name string `json:"name"`
	// Like names an earlier case, from which Identity, Container, Recognised, Kind and
	// Role are taken if they are not set. Patch is a JSON patch of its container.
	Like      string             `json:"like"`
	Patch     json.RawMessage    `json:"patch"`
	Identity  *profiles.Identity `json:"identity"`
	Container *corev1.Container  `json:"container"`
	// Recognised, Kind and Role are the result of Recognise.
	Recognised *bool          `json:"recognised"`
	Kind       *profiles.Kind `json:"kind"`
	Role       *kit.Role      `json:"role"`
	// Want has the problems of the container as "field: detail; fix: …".
	Want []string `json:"want"`
}

// RunContainers compares what a profile says about the containers in a file.
func RunContainers(t *testing.T, profile profiles.Profile, file string) {
	t.Helper()
	for _, c := range ReadContainers(t, file) {
		t.Run(c.Name, func(t *testing.T) {
			process, recognised, problems := c.Evaluate(profile)
			require.Equal(t, *c.Recognised, recognised)
			require.Equal(t, *c.Kind, process.Kind)
			require.Equal(t, *c.Role, process.Role)
			require.Equal(t, c.Want, problems)
		})
	}
}

// ReadContainers reads the cases in a file, and completes those that are like others.
func ReadContainers(t *testing.T, file string) []ContainerCase {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var cases []ContainerCase
	require.NoError(t, yaml.UnmarshalStrict(data, &cases))
	require.NotEmpty(t, cases)
	for i := range cases {
		c := &cases[i]
		base := slices.IndexFunc(cases[:i], func(b ContainerCase) bool { return b.Name == c.Like })
		require.True(t, c.Like == "" || base >= 0, "%s: no earlier case %q", c.Name, c.Like)
		if base >= 0 {
			c.complete(t, &cases[base])
		}
	}
	return cases
}

func (c *ContainerCase) complete(t *testing.T, base *ContainerCase) {
	t.Helper()
	c.Identity, c.Container = cmp.Or(c.Identity, base.Identity), cmp.Or(c.Container, base.Container)
	c.Recognised, c.Kind, c.Role = cmp.Or(c.Recognised, base.Recognised), cmp.Or(c.Kind, base.Kind), cmp.Or(c.Role, base.Role)
	if c.Patch == nil {
		return
	}
	patch, err := jsonpatch.DecodePatch(c.Patch)
	require.NoError(t, err)
	before, err := json.Marshal(c.Container)
	require.NoError(t, err)
	after, err := patch.Apply(before)
	require.NoError(t, err, c.Name)
	c.Container = &corev1.Container{}
	require.NoError(t, json.Unmarshal(after, c.Container))
}

// Evaluate returns the process of the container and its problems, in the form of Want. The
// container gets the variables and arguments that mutation adds.
func (c *ContainerCase) Evaluate(profile profiles.Profile) (process profiles.Process, recognised bool, problems []string) {
	process, recognised = profile.Recognise(c.Container)
	containers := profile.Demands(process, *c.Identity).Containers
	demand := containers[0]
	for _, helper := range containers[1:] {
		if helper.Process == process {
			demand = helper
		}
	}
	made := c.Container.DeepCopy()
	demand.Complete(made)
	for _, p := range append(demand.Grammar.Argv(made), demand.Grammar.Environment(made)...) {
		problems = append(problems, p.Field+": "+p.Detail+"; fix: "+p.Fix)
	}
	return process, recognised, problems
}
