// Package workloadstest is the conformance suite of workloads. For every framework, objects
// must be the same at every call, labeled, hardened, validly named and written in the right
// order; the framework's own profile must allow its pods; and signs must show that a
// participant has joined.
package workloadstest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Suite is a framework with kits of its participants.
type Suite struct {
	Workloads workloads.Workloads
	// Profile is the profile of the same framework.
	Profile profiles.Profile
	// Now is a time at which the kits are valid.
	Now time.Time
	// Cases has at least one case of each role of the framework and, if it has the
	// capability JobPods, of each role that has jobs, as a launcher.
	Cases []Case
	// Signs has at least one sign of a participant that has joined, and one of a
	// participant that has not, for each role that joins.
	Signs []Sign
	// Update writes the golden files, testdata/NAME.yaml.
	Update bool
}

// Case is a participant and its kit.
type Case struct {
	// Name is the name of the golden file.
	Name        string
	Participant workloads.Participant
	Kit         acceptance.Verified
}

func (c Case) kit(t *testing.T) *kit.Kit {
	t.Helper()
	k, err := c.Kit.Kit()
	require.NoError(t, err)
	return k
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Helper()
	registry, err := workloads.NewRegistry(s.Workloads)
	require.NoError(t, err)
	require.NotEmpty(t, s.Cases)
	for _, c := range s.Cases {
		t.Run(c.Name, func(t *testing.T) { s.run(t, c) })
	}
	t.Run("roles", s.roles)
	framework, err := registry.Get(s.Workloads.Framework())
	require.NoError(t, err)
	if framework.Joiner != nil {
		t.Run("signs", func(t *testing.T) { s.signs(t, framework.Joiner) })
	}
	t.Run("launchers", func(t *testing.T) { s.launchers(t, framework.JobPods) })
	if framework.Jobs != nil {
		t.Run("jobs", func(t *testing.T) { s.jobs(t, framework.Jobs) })
	}
}

func (s Suite) run(t *testing.T, c Case) {
	t.Helper()
	set := s.set(t, c)
	require.Empty(t, cmp.Diff(set, s.set(t, c)), "another call gives other objects")
	t.Run("golden", func(t *testing.T) { s.golden(t, c, set) })
	t.Run("objects", func(t *testing.T) { checkObjects(t, c, set) })
	t.Run("order", func(t *testing.T) { checkOrder(t, set) })
	t.Run("workloads", func(t *testing.T) { checkWorkloads(t, c, set) })
	t.Run("pods", func(t *testing.T) { checkPods(t, c, set) })
	t.Run("profile", func(t *testing.T) { s.checkProfile(t, c, set) })
	t.Run("settings", func(t *testing.T) { s.checkSettings(t, c) })
	t.Run("apply", func(t *testing.T) { checkApply(t, set) })
	t.Run("secrets", func(t *testing.T) { checkSecrets(t, set) })
}

func (s Suite) set(t *testing.T, c Case) *workloads.Set {
	t.Helper()
	set, err := s.Workloads.Objects(c.Participant, c.Kit)
	require.NoError(t, err)
	return set
}

// roles requires a case of each role, and an error for an unknown role.
func (s Suite) roles(t *testing.T) {
	t.Helper()
	for _, role := range s.Workloads.Describe().Roles {
		covered := slices.ContainsFunc(s.Cases, func(c Case) bool { return c.kit(t).Role == role })
		assert.True(t, covered, "there is no case of the role %s", role)
	}
	k := s.Cases[0].kit(t)
	role := k.Role
	defer func() { k.Role = role }()
	k.Role = "no-such-role"
	_, err := s.Workloads.Objects(s.Cases[0].Participant, s.Cases[0].Kit)
	require.ErrorContains(t, err, "no-such-role")
}
