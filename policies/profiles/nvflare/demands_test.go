package nvflare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
)

// alike are profiles that demand the same in a workspace.
func alike(workspace string) map[string]profiles.Profile {
	profile := nvflare.Profile{}
	return map[string]profiles.Profile{"not prepared": profile, "prepared": profile.At(workspace), "prepared for another workspace": profile.At("/elsewhere")}
}

// The table has all paths: add new ones here too.
func TestPaths(t *testing.T) {
	const (
		scratch   = profiles.SourceScratch
		stored    = profiles.SourceWorkspace | profiles.SourceScratch
		startup   = profiles.SourceKit
		localPath = profiles.SourceLocal
	)
	for name, tc := range map[string]struct {
		process profiles.Process
		want    map[string]profiles.Source
	}{
		"client":  {profiles.Process{Kind: profiles.KindParent, Role: "client"}, map[string]profiles.Source{"/tmp": scratch, "/dev/shm": scratch, "/w": stored, "/w/startup": startup, "/w/local": localPath}},
		"server":  {profiles.Process{Kind: profiles.KindParent, Role: "server"}, map[string]profiles.Source{"/tmp": scratch, "/dev/shm": scratch, "/w": stored, "/w/startup": startup, "/w/local": localPath, "/tmp/nvflare": stored}},
		"job":     {profiles.Process{Kind: profiles.KindJob, Role: "client"}, map[string]profiles.Source{"/tmp": scratch, "/dev/shm": scratch, "/w": scratch, "/w/startup": startup}},
		"admin":   {profiles.Process{Kind: profiles.KindAdmin, Role: "admin"}, map[string]profiles.Source{"/tmp": scratch, "/dev/shm": scratch, "/kit": scratch, "/work": scratch, "/kit/startup": startup, "/kit/local": localPath}},
		"nothing": {profiles.Process{}, map[string]profiles.Source{"/tmp": scratch, "/dev/shm": scratch}},
	} {
		t.Run(name, func(t *testing.T) {
			for prepared, profile := range alike("/w") {
				d := profile.Demands(tc.process, profiles.Identity{Workspace: "/w"})
				require.Len(t, d.Containers, 1)
				require.Equal(t, tc.process, d.Containers[0].Process)
				got := map[string]profiles.Source{}
				for _, p := range d.Containers[0].Paths {
					got[p.Path] = p.Sources
				}
				require.Equal(t, tc.want, got, prepared)
			}
		})
	}
}

// The role of the kit decides about the files, not the process.
func TestKitFiles(t *testing.T) {
	for role, want := range map[kit.Role][]string{
		"server": {"fed_server.json", "rootCA.pem", "server.crt", "server.key"},
		"client": {"client.crt", "client.key", "fed_client.json", "rootCA.pem"},
		"admin":  {"client.crt", "client.key", "fed_admin.json", "rootCA.pem"},
		"relay":  nil,
	} {
		for prepared, profile := range alike("/w") {
			d := profile.Demands(profiles.Process{Kind: profiles.KindParent, Role: "server"}, profiles.Identity{Role: role})
			require.Equal(t, want, d.KitFiles, "%s, %s", role, prepared)
		}
	}
}

func TestRegistration(t *testing.T) {
	r, err := profiles.NewRegistry(nvflare.Profile{})
	require.NoError(t, err)
	require.Equal(t, []kit.Role{"server", "client", "admin", "job"}, r.Roles())
	require.Equal(t, []string{"/opt/nvflare"}, r.ProgramFolders())
	require.Equal(t, profiles.HoldsKit, r.Holds("nvflare-startup-site2-809cb9ad"))
	require.Equal(t, profiles.HoldsTokens, r.Holds("nvflare-cred-job-0"))
	require.False(t, r.Reserved("nvflare-other"))
}
