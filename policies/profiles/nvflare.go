package profiles

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// NVFlare is NVIDIA FLARE, versions 2.7 to 2.9.
type NVFlare struct{}

// Name is nvflare.
func (NVFlare) Name() string { return "nvflare" }

// The modules that NVFLARE's processes run. Source: its Helm chart (templates of
// `nvflare deploy prepare`) and nvflare/app_opt/job_launcher/k8s_launcher.py.
const (
	modulePrefix    = "nvflare.private."
	moduleServer    = "nvflare.private.fed.app.server.server_train"
	moduleClient    = "nvflare.private.fed.app.client.client_train"
	moduleServerJob = "nvflare.private.fed.app.server.runner_process"
	moduleClientJob = "nvflare.private.fed.app.client.worker_process"
)

// adminScript is what an admin's pod runs between two commands: nothing.
const adminScript = "import time; time.sleep(3600)"

// Recognise looks for one of NVFLARE's private modules anywhere in the command,
// so that a shell around it does not hide it. An admin's process is nothing but a
// sleep: only a kit makes it NVFLARE's.
func (NVFlare) Recognise(c *corev1.Container) (Process, bool) {
	var found Process
	for _, list := range [2][]string{c.Command, c.Args} {
		for _, word := range list {
			p, ok := processOf(word)
			if ok {
				return p, true
			}
			if p.Kind != KindNone {
				found = p
			}
		}
	}
	return found, false
}

func processOf(word string) (Process, bool) {
	switch word {
	case moduleServer:
		return Process{KindParent, kit.RoleServer, word}, true
	case moduleClient:
		return Process{KindParent, kit.RoleClient, word}, true
	case moduleServerJob:
		return Process{KindJob, kit.RoleServer, word}, true
	case moduleClientJob:
		return Process{KindJob, kit.RoleClient, word}, true
	case adminScript:
		return Process{KindAdmin, kit.RoleAdmin, "an admin's sleep"}, false
	}
	return Process{}, strings.Contains(word, modulePrefix)
}

// The admin's folders. The client of the admin protocol makes transfer/ beside
// startup/, so the kit's root is scratch space.
const (
	adminKit  = "/kit"
	adminWork = "/work"
)

// Paths keeps mounts away from everything that Python reads code from.
func (NVFlare) Paths(p Process, id Identity) []Path {
	paths := append(make([]Path, 0, 6), Path{"/tmp", SourceScratch}, Path{"/dev/shm", SourceScratch})
	switch p.Kind {
	case KindAdmin:
		return withKit(append(paths, Path{adminKit, SourceScratch}, Path{adminWork, SourceScratch}), adminKit)
	case KindJob:
		// A job unpacks its parent's workspace, local/ included, over its own: a
		// mount there would break it.
		return append(paths, Path{id.Workspace, SourceScratch}, Path{id.Workspace + "/startup", SourceKit})
	case KindNone:
	case KindParent:
		paths = withKit(append(paths, Path{id.Workspace, SourceWorkspace | SourceScratch}), id.Workspace)
	}
	if p.Kind == KindParent && p.Role == kit.RoleServer {
		// The server's resources.json.default puts jobs and snapshots there.
		paths = append(paths, Path{"/tmp/nvflare", SourceWorkspace | SourceScratch})
	}
	return paths
}

func withKit(paths []Path, root string) []Path {
	return append(paths, Path{root + "/startup", SourceKit}, Path{root + "/local", SourceLocal})
}

// KitFiles are the four files without which a participant has no identity.
func (NVFlare) KitFiles(role kit.Role) []string {
	switch role {
	case kit.RoleServer:
		return []string{"fed_server.json", "rootCA.pem", "server.crt", "server.key"}
	case kit.RoleClient:
		return []string{"client.crt", "client.key", "fed_client.json", "rootCA.pem"}
	case kit.RoleAdmin:
	}
	return []string{"client.crt", "client.key", "fed_admin.json", "rootCA.pem"}
}

// siteName is what the launcher calls a participant: the server is always
// "server". Source: k8s_launcher.py.
func siteName(participant string, role kit.Role) string {
	if role == kit.RoleServer {
		return "server"
	}
	return participant
}

// OwnsDerived compares the eight digits of the site's SHA-256 that the launcher
// appends; what stands before them is spelled in two ways upstream.
func (NVFlare) OwnsDerived(secret, participant string, role kit.Role) bool {
	sum := sha256.Sum256([]byte(siteName(participant, role)))
	return strings.HasSuffix(secret, "-"+hex.EncodeToString(sum[:])[:8])
}
