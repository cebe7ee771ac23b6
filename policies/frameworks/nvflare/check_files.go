package nvflare

import (
	"path"
	"slices"

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
		if isFragment(name) {
			findings = append(findings, checkFragment(name, vouched(name))...)
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

// checkFragment is about a file with which a builder of the project adds settings, as NVFLARE
// documents it. checkStartupSettings evaluates what is in it.
func checkFragment(name string, vouched bool) kit.Findings {
	if vouched {
		return nil
	}
	return kit.Findings{kit.Warn(CheckStartupFiles, path.Join(kit.StartupDir, name),
		"ask the project lead whether a builder of the project added it", "settings that `nvflare provision` itself does not make")}
}

// checkStartupSettings evaluates files of startup/ that NVFLARE reads as it does those of
// local/: fragments of resources.json, and comm_config.json, for which it searches the
// whole workspace. A seal does not allow them to run other code.
func checkStartupSettings(k *kit.Kit) kit.Findings {
	var findings kit.Findings
	for _, name := range k.FileNames() {
		if check, _ := settingsOf(name); check == nil || name == SignatureFile {
			continue
		}
		data, ok := k.Startup.Get(name)
		if !ok {
			findings = append(findings, kit.Fail(CheckStartupFiles, path.Join(kit.StartupDir, name), "remove it, or inject the kit without --kit-claim", "settings on a volume, which cannot be evaluated"))
			continue
		}
		findings = append(findings, checkSettingsFile(CheckStartupFiles, kit.StartupDir, kit.File{Name: name, Data: data})...)
	}
	return findings
}
