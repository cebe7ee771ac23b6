package profilestest

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/randfill"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// rounds is how many random containers are tried.
const rounds = 500

// random tries random containers: nothing panics, and no grammar allows them.
func (s *Suite) random(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test needs the same containers every time
	fill := randfill.NewWithSeed(int64(source.Uint64()>>1)).NilChance(0.3).NumElements(0, 5)
	for range rounds {
		var c corev1.Container
		fill.Fill(&c.Command)
		fill.Fill(&c.Args)
		fill.Fill(&c.Env)
		process, _ := s.Profile.Recognise(&c)
		for _, role := range append(s.Profile.Roles(), "unknown", "") {
			for _, kind := range []profiles.Kind{process.Kind, profiles.KindParent, profiles.KindJob, profiles.KindAdmin, profiles.KindHelper} {
				process.Kind = kind
				demands := s.Profile.Demands(process, profiles.Identity{Participant: "p", Role: role, Workspace: "/workspace"})
				require.NotEmpty(t, demands.Containers)
				for i := range demands.Containers {
					require.NotEmpty(t, demands.Containers[i].Grammar.Argv(&c), "%q %q", c.Command, c.Args)
					_ = demands.Containers[i].Grammar.Environment(&c)
				}
			}
		}
	}
}
