// Package toy is a framework only for tests, and as different from NVFLARE as possible.
// Identities are Ed25519 keys without certificates, and there are no admins and no native
// signatures. It is not in the default registry.
//
//	startup/toy.json      {"federation", "participant", "role", "org", "server": "host:port", "version": "1.0"}
//	startup/identity.key  the private key, PKCS#8 in PEM
//	startup/identity.pub  the public key, PKIX in PEM
//	local/settings.json   the site's settings
package toy

import (
	"crypto/ed25519"
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Name is the framework's name.
const Name = "toy"

// The roles. Leaves dial a hub.
const (
	RoleHub  kit.Role = "hub"
	RoleLeaf kit.Role = "leaf"
)

// The files of a kit.
const (
	ConfigFile    = "toy.json"
	KeyFile       = "identity.key"
	PublicKeyFile = "identity.pub"
	// SettingsFile is in local/.
	SettingsFile = "settings.json"
)

// Version is the version of the kits that it writes.
const Version = "1.0"

// Port is the port of a hub, and that of every pod's readiness probe.
const Port = 9000

// Framework reads toy's kits.
type Framework struct{}

// Name is toy.
func (Framework) Name() string { return Name }

// Title is Toy.
func (Framework) Title() string { return "Toy" }

// Marks is toy.json.
func (Framework) Marks() []string { return []string{ConfigFile} }

// Roles are hub and leaf.
func (Framework) Roles() []kit.Role { return []kit.Role{RoleHub, RoleLeaf} }

// Recognise looks for toy.json.
func (Framework) Recognise(startup kit.Files) bool {
	_, ok := startup.Get(ConfigFile)
	return ok
}

// CheckStartupFiles is the ID of toy's findings.
const CheckStartupFiles = "startup-files"

// Check finds unknown files.
func (Framework) Check(k *kit.Kit, vouched func(string) bool) kit.Findings {
	var findings kit.Findings
	for _, name := range k.FileNames() {
		if !slices.Contains([]string{ConfigFile, KeyFile, PublicKeyFile}, name) && !vouched(name) {
			findings = append(findings, kit.Fail(CheckStartupFiles, path.Join(kit.StartupDir, name), "remove it", "not a file of a kit"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckStartupFiles, kit.StartupDir, "%d files, all of them known", len(k.FileNames())))
	}
	return findings
}

// CheckSettings knows settings.json, which is a JSON object.
func (Framework) CheckSettings(local kit.Files, _ kit.Role) kit.Findings {
	var findings kit.Findings
	for _, f := range local {
		root, err := strictjson.Decode(f.Data[:min(len(f.Data), maxConfig)])
		if _, ok := root.(map[string]any); f.Name != SettingsFile || err != nil || !ok {
			findings = append(findings, kit.Fail(kit.CheckLocalContent, path.Join(kit.LocalDir, f.Name), "remove it", "not the settings of a kit"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(kit.CheckLocalContent, kit.LocalDir, "%d files, all of them known", len(local)))
	}
	return findings
}

// Read reads a kit.
func (Framework) Read(content *kit.Content) (*kit.Kit, error) {
	k := &kit.Kit{Content: *content, Framework: Name, Public: []string{ConfigFile, PublicKeyFile}}
	k.Paths = kit.Paths{Configuration: path.Join(kit.StartupDir, ConfigFile), Key: path.Join(kit.StartupDir, KeyFile)}
	if err := readConfig(k); err != nil {
		return nil, err
	}
	return k, readKeys(k)
}

const maxConfig = 64 << 10

func readConfig(k *kit.Kit) error {
	data, _ := k.Startup.Get(ConfigFile)
	root, err := strictjson.Decode(data[:min(len(data), maxConfig)])
	if err != nil {
		return &kit.FieldError{File: k.Paths.Configuration, Problem: "is not valid JSON: " + err.Error(), Fix: kit.AsProvisioned}
	}
	fields, _ := root.(map[string]any)
	var role, server string
	for name, into := range map[string]*string{
		"federation": &k.Federation, "participant": &k.Participant, "role": &role, "org": &k.Org, "server": &server, "version": &k.Version,
	} {
		text, ok := fields[name].(string)
		if !ok || text == "" || len(text) > 253 || !kit.Printable(text) {
			return &kit.FieldError{File: k.Paths.Configuration, Field: name, Problem: "must be a string of 1 to 253 characters", Fix: kit.AsProvisioned}
		}
		*into = text
	}
	host, port, err := kit.SplitAddress(server)
	if err != nil {
		return &kit.FieldError{File: k.Paths.Configuration, Field: "server", Problem: err.Error(), Fix: kit.AsProvisioned}
	}
	k.Role, k.Server = kit.Role(role), kit.Endpoint{Scheme: "http", Host: host, Port: port}
	if k.Role == RoleHub {
		k.ServerNames, k.Ports = []string{host}, []kit.Port{{Name: Name, Number: port}}
	}
	return nil
}

// readKeys does not compare the keys; package acceptance does.
func readKeys(k *kit.Kit) error {
	wrong := func(name, problem string) error {
		return &kit.FieldError{File: path.Join(kit.StartupDir, name), Problem: problem, Fix: kit.AsProvisioned}
	}
	data, ok := k.Startup.Get(PublicKeyFile)
	if !ok {
		return wrong(PublicKeyFile, "is missing")
	}
	public, err := pki.ParsePublicKey(data)
	if err != nil {
		return wrong(PublicKeyFile, err.Error())
	}
	if _, ok := public.(ed25519.PublicKey); !ok {
		return wrong(PublicKeyFile, "is not an Ed25519 key")
	}
	k.KeyFingerprint = pki.KeyFingerprint(public)
	if k.Elsewhere(KeyFile) {
		return nil
	}
	if data, ok = k.Startup.Get(KeyFile); !ok {
		return wrong(KeyFile, "is missing")
	}
	key, err := pki.ParseKey(data)
	if err != nil {
		return wrong(KeyFile, err.Error())
	}
	k.OwnKey = key.Public()
	return nil
}
