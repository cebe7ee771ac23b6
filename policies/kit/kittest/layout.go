package kittest

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

type object = map[string]any

// layOut writes the files of a real kit of such a participant.
func (k *Kit) layOut(p participant, s settings) {
	k.t.Helper()
	base := "client"
	if p.role == nvflare.RoleServer {
		base = "server"
	}
	k.put("startup/rootCA.pem", 0o644, pki.EncodeCertificate(k.federation.Root))
	k.put("startup/"+base+".crt", 0o644, pki.EncodeCertificate(k.Certificate))
	k.put("startup/"+base+".key", keyMode(s.family), keyPEM(k.t, k.key, s.pkcs8))
	k.settings(p.role)
	switch p.role {
	case nvflare.RoleServer:
		k.json("startup/fed_server.json", serverConfiguration(k.federation.Name, p, s))
	case nvflare.RoleClient:
		k.json("startup/fed_client.json", clientConfiguration(k.federation.Name, p, s))
	case nvflare.RoleAdmin:
		k.json("startup/fed_admin.json", adminConfiguration(k.federation.Name, p, s))
		k.placeholder(0o755, "startup/fl_admin.sh")
		k.placeholder(0o644, "startup/readme.txt", "startup/system_info.ipynb")
		return
	}
	k.placeholder(0o755, "startup/start.sh", "startup/sub_start.sh", "startup/stop_fl.sh")
	k.placeholder(0o644, "readme.txt", "local/privacy.json.sample")
}

// settings are the files of local/ that NVFLARE reads, with less than its defaults have.
func (k *Kit) settings(role kit.Role) {
	k.t.Helper()
	if role == nvflare.RoleAdmin {
		k.json("local/resources.json.default", object{"format_version": 1, "admin": object{"idle_timeout": 900.0}})
		return
	}
	launcher := "nvflare.app_common.job_launcher.client_process_launcher.ClientProcessJobLauncher"
	if role == nvflare.RoleServer {
		launcher = "nvflare.app_common.job_launcher.server_process_launcher.ServerProcessJobLauncher"
	}
	k.json("local/resources.json.default", object{
		"format_version": 2, "components": []object{{"id": "process_launcher", "path": launcher, "args": object{}}},
	})
	k.json("local/authorization.json.default", object{"format_version": "1.0", "permissions": object{"lead": "any"}})
	k.json("local/log_config.json.default", object{
		"version":  1,
		"handlers": object{"console": object{"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
		"loggers":  object{"root": object{"level": "INFO", "handlers": []string{"console"}}},
	})
}

// keyMode is the mode that NVFLARE sets; since 2.8, it protects keys.
func keyMode(family string) fs.FileMode {
	if family == nvflare.Family28 {
		return 0o600
	}
	return 0o644
}

func (k *Kit) put(path string, mode fs.FileMode, content []byte) {
	k.files[path] = file{data: content, mode: mode}
}

// placeholder writes files whose content no code reads. JSON files are still JSON.
func (k *Kit) placeholder(mode fs.FileMode, paths ...string) {
	for _, path := range paths {
		k.put(path, mode, fmt.Appendf(nil, "{\"kittest\": %q}\n", path))
	}
}

func (k *Kit) json(path string, content object) {
	k.t.Helper()
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		k.t.Fatalf("marshal %s: %v", path, err)
	}
	k.put(path, 0o644, append(data, '\n'))
}
