package nvflare

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// fileSet has the files that may be in startup/ of a role.
type fileSet struct {
	// required are the files of the participant's identity.
	required []string
	// scripts are in every kit as provisioned. `nvflare deploy prepare` removes them,
	// and a pod does not need them.
	scripts []string
	// optional depend on the project: Docker, clouds, homomorphic encryption,
	// listening clients.
	optional []string
}

// startupFiles is the same for all families. Only the native signature differs, which
// another check verifies.
func startupFiles(role kit.Role) fileSet {
	optional := []string{SignatureFile, "docker.sh", "aws_start.sh", "azure_start.sh", CustomRootFile}
	scripts := []string{"start.sh", "sub_start.sh", "stop_fl.sh"}
	switch role {
	case RoleServer:
		return fileSet{
			[]string{"fed_server.json", "rootCA.pem", "server.crt", "server.key"}, scripts,
			append(optional, "server_context.tenseal"),
		}
	case RoleClient:
		return fileSet{
			[]string{"fed_client.json", "rootCA.pem", "client.crt", "client.key"}, scripts,
			append(optional, "client_context.tenseal", "server.crt", "server.key"),
		}
	case RoleAdmin:
	}
	return fileSet{
		[]string{"fed_admin.json", "rootCA.pem", "client.crt", "client.key"}, []string{"fl_admin.sh"},
		append(optional, "readme.txt", "system_info.ipynb"),
	}
}

// checkStartupFiles finds missing and unknown files: NVFLARE also loads configuration
// files from startup/ that no other file refers to.
//
// An unknown file is a failure, unless a trusted seal lists it: then it is of a newer
// NVFLARE, and the sealer vouches for it.
func checkStartupFiles(k *kit.Kit, vouched func(string) bool) kit.Findings {
	set, names := startupFiles(k.Role), k.FileNames()
	var findings kit.Findings
	for _, name := range set.required {
		if !slices.Contains(names, name) {
			findings = append(findings, kit.Fail(CheckStartupFiles, path.Join(kit.StartupDir, name), askForKit, "missing"))
		}
	}
	for _, name := range set.scripts {
		if !slices.Contains(names, name) {
			findings = append(findings, kit.Warn(CheckStartupFiles, path.Join(kit.StartupDir, name),
				"not needed in Kubernetes", "missing: the kit works in a pod, but cannot be started with its own scripts"))
		}
	}
	known := slices.Concat(set.required, set.scripts, set.optional)
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		finding := kit.Fail
		if vouched(name) {
			finding = kit.Warn
		}
		findings = append(findings, finding(CheckStartupFiles, path.Join(kit.StartupDir, name),
			"remove it", "not a file of an NVFLARE kit for the role %s", k.Role))
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckStartupFiles, kit.StartupDir, "%d files, all of them known for the role %s", len(names), k.Role))
	}
	return findings
}

// checkLocalFiles only warns about unknown files, since the site may change local/.
func checkLocalFiles(k *kit.Kit) kit.Findings {
	if k.Local == nil {
		return kit.Findings{kit.Warn(CheckLocalFiles, kit.LocalDir, "copy local/ from the kit as it was provisioned", "missing: NVFLARE needs its resources.json")}
	}
	var findings kit.Findings
	if _, ok := resourcesFile(k.Local); !ok {
		findings = append(findings, kit.Fail(CheckLocalFiles, "local/resources.json", "copy it from the kit as it was provisioned",
			"missing, as is resources.json.default: NVFLARE does not start without one of them"))
	}
	for _, f := range k.Local {
		if !knownLocalFile(f.Name) {
			findings = append(findings, kit.Warn(CheckLocalFiles, path.Join(kit.LocalDir, f.Name),
				"remove it, unless code of yours reads it", "not a file that NVFLARE reads"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckLocalFiles, kit.LocalDir, "%d files, all of them known", len(k.Local)))
	}
	return findings
}

// resourcesFile is the file that NVFLARE reads: the site's own, or the default.
func resourcesFile(local kit.Files) ([]byte, bool) {
	if data, ok := local.Get("resources.json"); ok {
		return data, true
	}
	return local.Get("resources.json.default")
}

func knownLocalFile(name string) bool {
	known := []string{"resources.json", "authorization.json", "log_config.json", "privacy.json", "study_registry.json", "comm_config.json", SignatureFile}
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".default"), ".sample")
	if slices.Contains(known, base) {
		return true
	}
	// Fragments for all processes, only for the parent, and only for jobs.
	for _, suffix := range []string{"__resources.json", "__p_resources.json", "__j_resources.json"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}
