package nvflare_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
)

func TestRecognise(t *testing.T) {
	for name, tc := range map[string]struct {
		words []string
		kind  profiles.Kind
		ok    bool
	}{
		"client":       {[]string{"python3", "-u", "-m", "nvflare.private.fed.app.client.client_train"}, profiles.KindParent, true},
		"server job":   {[]string{"nvflare.private.fed.app.server.runner_process"}, profiles.KindJob, true},
		"in a shell":   {[]string{"sh", "-c", "python3 -m nvflare.private.fed.app.client.client_train"}, profiles.KindNone, true},
		"joined":       {[]string{"python3", "-mnvflare.private.fed.app.client.client_train"}, profiles.KindNone, true},
		"admin":        {[]string{"python3", "-c", "import time; time.sleep(3600)"}, profiles.KindAdmin, false},
		"another":      {[]string{"python3", "-m", "http.server"}, profiles.KindNone, false},
		"public tools": {[]string{"python3", "-m", "nvflare.cli"}, profiles.KindNone, false},
		"nothing":      {nil, profiles.KindNone, false},
	} {
		p, ok := nvflare.Profile{}.Recognise(&corev1.Container{Args: tc.words})
		if p.Kind != tc.kind || ok != tc.ok {
			t.Errorf("%s: %v, %v", name, p, ok)
		}
	}
}

// The names are those of the reference pods, and upstream's two spellings.
func TestOwnsSecret(t *testing.T) {
	for _, tc := range []struct {
		secret, participant string
		role                kit.Role
		want                bool
	}{
		{"nvflare-startup-site2-809cb9ad", "Site_2", kit.RoleClient, true},
		{"nvflare-startup-site-2-809cb9ad", "Site_2", kit.RoleClient, true},
		{"nvflare-startup-server-b3eacd33", "server1", kit.RoleServer, true},
		{"nvflare-startup-server-b3eacd33", "server1", kit.RoleClient, false},
		{"nvflare-startup-site2-809cb9ad", "site-2", kit.RoleClient, false},
		{"nvflare-cred-j7fa61fd5-26be-4769-9e29-8a45f7d1478f-site2-809cb9ad", "Site_2", kit.RoleClient, true},
		{"nvflare-cred-j7fa61fd5-26be-4769-9e29-8a45f7d1478f-site2-809cb9ad", "site-1", kit.RoleClient, false},
	} {
		if got := (nvflare.Profile{}).OwnsSecret(tc.secret, tc.participant, tc.role); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

// No path of a profile may hide folders from which Python loads code.
func TestPathsAreHarmless(t *testing.T) {
	id := profiles.Identity{Workspace: "/workspace"}
	allowed := map[string]bool{
		"/workspace": true, "/workspace/startup": true, "/workspace/local": true, "/tmp": true, "/tmp/nvflare": true,
		"/dev/shm": true, "/kit": true, "/kit/startup": true, "/kit/local": true, "/work": true,
	}
	for _, kind := range []profiles.Kind{profiles.KindNone, profiles.KindParent, profiles.KindJob, profiles.KindAdmin} {
		for _, role := range []kit.Role{kit.RoleServer, kit.RoleClient, kit.RoleAdmin} {
			for _, p := range (nvflare.Profile{}).Demands(profiles.Process{Kind: kind, Role: role}, id).Containers[0].Paths {
				if !allowed[p.Path] {
					t.Errorf("%s %s: %s", kind, role, p.Path)
				}
			}
		}
	}
}
