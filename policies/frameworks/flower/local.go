package flower

import (
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// localFiles are the files that must be in local/ of a role, and those that may be.
func localFiles(role kit.Role) (required, optional []string) {
	switch role {
	case RoleClient:
		return []string{NodeConfigFile}, []string{ReadmeFile, TrustedEntitiesFile, ExecutorFile}
	case RoleServer, RoleAdmin:
	}
	return nil, []string{ReadmeFile}
}

// The text of ReadmeFile by role.
const (
	readmeServer = `# Settings of the SuperLink's site

There are none.
`
	readmeClient = `# Settings of the SuperNode's site

| file | what it sets |
|---|---|
| node-config.toml | values that apps read as context.node_config: texts, numbers, true and false |
| trusted-entities.yaml | the keys of those whose signed apps the SuperNode runs; without it, it runs any app |
| executor.yaml | the pods in which apps run, if they do not run in the SuperNode's own pod |

Seal this folder again after a change: kubectl flare kit seal --local.
`
	readmeAdmin = `# Settings of a scientist

There are none.
`
)

func readme(role kit.Role) string {
	switch role {
	case RoleServer:
		return readmeServer
	case RoleClient:
		return readmeClient
	case RoleAdmin:
	}
	return readmeAdmin
}

// DefaultLocal are the files of local/ of a participant whose site has set nothing.
func DefaultLocal(role kit.Role) kit.Files {
	files := kit.Files{{Name: ReadmeFile, Data: []byte(readme(role)), Mode: public}}
	if role == RoleClient {
		files = append(files, kit.File{Name: NodeConfigFile, Data: []byte("# Values for apps, such as:\n# partition-id = 0\n"), Mode: public})
	}
	return files
}

// CheckSettings evaluates local/.
func (Framework) CheckSettings(local kit.Files, role kit.Role) kit.Findings {
	required, optional := localFiles(role)
	var findings kit.Findings
	for _, name := range required {
		if _, ok := local.Get(name); !ok {
			findings = append(findings, kit.Fail(CheckLocalFiles, path.Join(kit.LocalDir, name), "copy it from the kit as it was provisioned", "missing"))
		}
	}
	for _, f := range local {
		if !slices.Contains(required, f.Name) && !slices.Contains(optional, f.Name) {
			findings = append(findings, kit.Fail(kit.CheckLocalContent, path.Join(kit.LocalDir, f.Name),
				"remove it, or have the author of the SitePolicy list the digest of local/ in spec.kits.local", "not a file that Flower reads for the role %s", role))
		}
	}
	findings = append(findings, checkContents(local, role)...)
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckLocalFiles, kit.LocalDir, "%d files, all of them known", len(local)))
	}
	return findings
}

// checkContents evaluates the files that Flower reads. It does not start with those that
// are invalid.
func checkContents(local kit.Files, role kit.Role) kit.Findings {
	var findings kit.Findings
	add := func(d *doubt, file string) {
		if d != nil {
			findings = append(findings, d.finding(CheckLocalFiles, file))
		}
	}
	if data, ok := local.Get(ExecutorFile); ok && role != RoleAdmin {
		add(checkExecutor(data), ExecutorFile)
	}
	if role == RoleClient {
		_, wrong := readTrusted(local)
		add(wrong, TrustedEntitiesFile)
		_, wrong = readNodeConfig(local)
		add(wrong, NodeConfigFile)
	}
	return findings
}
