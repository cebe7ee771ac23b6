package flower

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// The settings that a policy can require.
const (
	// SettingAppCode is whether the participant runs code that an app brings.
	SettingAppCode = "app-code"
	// SettingTrustedEntities are the public keys of those whose signed apps a SuperNode
	// runs, each as "ssh-ed25519 KEY".
	SettingTrustedEntities = "trusted-entities"
	// SettingNodeConfig begins the values of the node configuration.
	SettingNodeConfig = "node-config"
)

// maxNesting is how deep tables of a node configuration may be nested.
const maxNesting = 4

// Settings reads local/. Nothing in startup/ is a setting.
func (Framework) Settings(folder string, files kit.Files, role kit.Role) ([]settings.Setting, kit.Findings) {
	if role == RoleAdmin || folder == kit.StartupDir {
		return nil, nil
	}
	found := []settings.Setting{{Path: SettingAppCode, Value: true}}
	if role == RoleServer {
		return found, nil
	}
	var findings kit.Findings
	for _, one := range []struct {
		file string
		read func(kit.Files) ([]settings.Setting, *doubt)
	}{{NodeConfigFile, readNodeConfig}, {TrustedEntitiesFile, readTrusted}} {
		values, problem := one.read(files)
		if found = append(found, values...); problem != nil {
			findings = append(findings, problem.finding(kit.CheckPrivacy, one.file))
		}
	}
	return found, findings
}

// doubt is what is wrong with a file of local/.
type doubt struct {
	line int
	text string
}

func (d *doubt) finding(id, file string) kit.Finding {
	text := d.text
	if d.line > 0 {
		text = fmt.Sprintf("line %d: %s", d.line, text)
	}
	if id == kit.CheckPrivacy {
		text += ": the requirements of the policy cannot be evaluated"
	}
	return kit.Fail(id, path.Join(kit.LocalDir, file), "correct it as "+path.Join(kit.LocalDir, ReadmeFile)+" says", "%s", text)
}

// Declared are the settings that there are.
func (Framework) Declared() []settings.Declared { return declared().All() }

// declared is made once: a policy can require thousands of settings.
var declared = sync.OnceValue(func() *settings.Catalog {
	client := []kit.Role{RoleClient}
	all := []settings.Declared{
		{Path: SettingAppCode, Type: settings.Boolean, Doc: "whether SuperLinks and SuperNodes run code that apps bring, which they always do"},
		{Path: SettingTrustedEntities, Type: settings.Texts, Roles: client, Doc: "the public keys of those whose signed apps a SuperNode runs, each as ssh-ed25519 KEY; not set if it runs any app"},
	}
	doc := "a value of a SuperNode's node configuration"
	for path, depth := SettingNodeConfig, 0; depth < maxNesting; depth++ {
		path += ".KEY"
		all = append(all, settings.Declared{Path: path, Type: settings.Any, Roles: client, Doc: doc})
		doc = "a value in a table of it"
	}
	return settings.NewCatalog(all)
})

// SettingsRoles are those that run apps.
func (Framework) SettingsRoles() []kit.Role { return []kit.Role{RoleServer, RoleClient} }

// ResolveSetting is the setting of a path.
func (Framework) ResolveSetting(path string) (settings.Declared, error) {
	found, ok := declared().Find(path)
	if !ok {
		return found, fmt.Errorf("Flower has no such setting: use %s, or %s.KEY for a value of the node configuration", SettingTrustedEntities, SettingNodeConfig) //nolint:staticcheck // The name of the framework.
	}
	found.Path = path
	return found, nil
}

// ForbidsCode requires what no participant can meet: Flower runs the code of every app.
func (Framework) ForbidsCode() []settings.Requirement {
	return []settings.Requirement{{
		Path: SettingAppCode, OneOf: []any{false},
		Fix: "run Flower under another policy: its apps are code, which only customCode: SignedOnly can limit",
	}}
}

// RequiresSigned requires that a SuperNode runs only the apps of entities that its site
// trusts. A SuperLink cannot limit apps.
func (Framework) RequiresSigned() []settings.Requirement {
	return []settings.Requirement{{
		Path: SettingTrustedEntities, Present: true,
		Fix: "list the keys of those whose apps may run in local/" + TrustedEntitiesFile + "; a SuperLink runs any app, so that it needs another policy",
	}}
}

// keyIn is the name of a value in a path, which has the tables before it.
func keyIn(tables []string, key string) string { return strings.Join(append(tables, key), ".") }
