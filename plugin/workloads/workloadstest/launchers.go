package workloadstest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// launchers checks the participants that create job pods: their settings, their permissions
// and the names of their Secrets, which are reserved in governed namespaces.
func (s Suite) launchers(t *testing.T, pods workloads.JobPods) {
	t.Helper()
	if pods == nil {
		_, launcher := s.Profile.(profiles.Launcher)
		assert.False(t, launcher, "the profile knows a launcher, and the workloads have none")
		return
	}
	launchers := 0
	for _, c := range s.Cases {
		o := workloads.LauncherOptions{Namespace: c.Participant.Namespace, Image: c.Participant.Image, ImagePullSecrets: c.Participant.ImagePullSecrets}
		local, err := pods.LauncherSettings(c.kit(t), o)
		if err != nil {
			s.noLauncher(t, c)
			continue
		}
		t.Run(c.Name, func(t *testing.T) { s.launcherSettings(t, c, pods, local, o) })
		if !c.Participant.JobPods {
			continue
		}
		launchers++
		t.Run(c.Name+" as a launcher", func(t *testing.T) {
			require.Equal(t, c.kit(t).LocalDigest(), local.Digest(), "local/ of the case is not that of a launcher with these options")
			s.launcherAccess(t, c)
			s.launcherSecrets(t, c, pods)
		})
	}
	assert.NotZero(t, launchers, "there is no case of a launcher")
}

// noLauncher: a participant without jobs cannot be a launcher.
func (s Suite) noLauncher(t *testing.T, c Case) {
	t.Helper()
	c.Participant.JobPods = true
	_, err := s.Workloads.Objects(c.Participant, c.Kit)
	require.Error(t, err, "objects of %s as a launcher", c.Name)
}

// launcherSettings: the settings make a launcher, a launcher keeps them, and acceptance
// knows all of them, as it must: a site's seal needs it.
func (s Suite) launcherSettings(t *testing.T, c Case, pods workloads.JobPods, local kit.Files, o workloads.LauncherOptions) {
	t.Helper()
	changed := *c.kit(t)
	changed.Local = local
	assert.Equal(t, c.Participant.JobPods, pods.Launches(c.kit(t)))
	assert.True(t, pods.Launches(&changed), "the settings make no launcher")
	again, err := pods.LauncherSettings(&changed, o)
	require.NoError(t, err)
	assert.Equal(t, local.Digest(), again.Digest(), "the settings of a launcher change")
	framework, ok := Frameworks(t).Find(changed.Framework)
	require.True(t, ok)
	if framework.SettingsChecker != nil {
		findings := framework.SettingsChecker.CheckSettings(local, changed.Role)
		assert.True(t, findings.Passed(), "%v", findings)
	}
}

// launcherAccess: a launcher may not read Secrets, and in a governed namespace only `site
// add` gives it its permissions.
func (s Suite) launcherAccess(t *testing.T, c Case) {
	t.Helper()
	rules := func(c Case) (rules []rbacv1.PolicyRule) {
		for _, obj := range s.set(t, c).Objects() {
			if role, ok := obj.(*rbacv1.Role); ok {
				rules = append(rules, role.Rules...)
			}
		}
		return rules
	}
	assert.Equal(t, workloads.LauncherRules(), rules(c))
	c.Participant.Governed = true
	assert.Empty(t, rules(c))
}

// launcherSecrets: a launcher may make a Secret for all of its jobs, or one for each only.
func (s Suite) launcherSecrets(t *testing.T, c Case, pods workloads.JobPods) {
	t.Helper()
	known, err := profiles.NewRegistry(s.Profile)
	require.NoError(t, err)
	k := c.kit(t)
	for _, name := range pods.LauncherSecrets(k.Participant, k.Role) {
		assert.True(t, known.Owns(name, k.Framework, k.Participant, k.Role), "the profile does not know the Secret %s", name)
	}
	for _, made := range s.Profile.(profiles.Launcher).Secrets() {
		for _, name := range pods.JobSecrets(made.Prefix + "1") {
			assert.Equal(t, profiles.HoldsTokens, known.Holds(name), "the profile does not know the Secret %s", name)
		}
	}
}
