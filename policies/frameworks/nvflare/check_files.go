package nvflare

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// fileSet is what may stand in startup/ of a role.
type fileSet struct {
	// required are the files without which the participant has no identity.
	required []string
	// scripts come with every kit; `nvflare deploy prepare` takes them away, and
	// a pod does not need them.
	scripts []string
	// optional depend on the project: Docker, clouds, homomorphic encryption,
	// listening clients.
	optional []string
}

// startupFiles is the same in all families but for the native signature, which
// has a check of its own.
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

// checkStartupFiles looks for what is missing and for what does not belong
// there: NVFLARE loads configuration from startup/ that it was never given.
//
// A file that is not known here fails, unless a trusted seal names it: then it
// comes from a newer NVFLARE, and its sealer has vouched for it.
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
				"none needed in Kubernetes", "missing: such a kit runs in a pod, but not by its own scripts"))
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
			"take it away", "not a file that NVFLARE puts into the kit of the role %s", k.Role))
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckStartupFiles, kit.StartupDir, "%d files, all of them known for the role %s", len(names), k.Role))
	}
	return findings
}

// checkLocalFiles is lenient, since local/ belongs to the site.
func checkLocalFiles(k *kit.Kit) kit.Findings {
	if k.Local == nil {
		return kit.Findings{kit.Warn(CheckLocalFiles, kit.LocalDir, "take local/ from the kit as it was provisioned", "not here: NVFLARE needs its resources.json")}
	}
	var findings kit.Findings
	if _, ok := resourcesFile(k.Local); !ok {
		findings = append(findings, kit.Fail(CheckLocalFiles, "local/resources.json", "copy it from the kit as it was provisioned",
			"missing, and no resources.json.default either: NVFLARE does not start"))
	}
	for _, f := range k.Local {
		if !knownLocalFile(f.Name) {
			findings = append(findings, kit.Warn(CheckLocalFiles, path.Join(kit.LocalDir, f.Name),
				"take it away if nothing of yours reads it", "NVFLARE does not know this file"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckLocalFiles, kit.LocalDir, "%d files, all of them known", len(k.Local)))
	}
	return findings
}

// resourcesFile is the file that NVFLARE takes: the site's own, or the default.
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
	// Fragments for all processes, the parent alone, the jobs alone.
	for _, suffix := range []string{"__resources.json", "__p_resources.json", "__j_resources.json"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}
