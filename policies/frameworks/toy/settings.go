package toy

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// The settings, which are fields of settings.json. Noise is the standard deviation of the
// noise that a leaf adds, 1 by default; share says whether it shares its data.
const (
	SettingNoise = "settings.noise"
	SettingShare = "settings.share"
)

// Settings reads settings.json.
func (Framework) Settings(folder string, files kit.Files, _ kit.Role) ([]settings.Setting, kit.Findings) {
	data, ok := files.Get(SettingsFile)
	if folder != kit.LocalDir || !ok {
		return nil, nil
	}
	file := path.Join(folder, SettingsFile)
	root, err := strictjson.DecodeLines(data[:min(len(data), maxConfig)])
	fields, ok := root.Value.(map[string]strictjson.Node)
	if err != nil || !ok {
		return nil, kit.Findings{kit.Fail(kit.CheckPrivacy, file, "correct it", "not a JSON object")}
	}
	all := []settings.Setting{{Path: SettingNoise, Value: 1.0}}
	if n, ok := fields["noise"]; ok {
		number, _ := n.Value.(json.Number)
		all[0] = settings.Setting{Path: SettingNoise, File: file, Line: n.Line}
		if value, err := number.Float64(); err == nil {
			all[0].Value = value
		}
	}
	if n, ok := fields["share"]; ok {
		all = append(all, settings.Setting{Path: SettingShare, Value: n.Value == true, File: file, Line: n.Line})
	}
	return all, nil
}

// Declared are both settings.
func (Framework) Declared() []settings.Declared {
	return []settings.Declared{
		{Path: SettingNoise, Type: settings.Number, Doc: "the noise that a leaf adds"},
		{Path: SettingShare, Type: settings.Boolean, Doc: "whether it shares its data"},
	}
}

// SettingsRoles are all roles.
func (f Framework) SettingsRoles() []kit.Role { return f.Roles() }

// ResolveSetting knows both settings.
func (f Framework) ResolveSetting(name string) (settings.Declared, error) {
	all := f.Declared()
	i := slices.IndexFunc(all, func(d settings.Declared) bool { return d.Path == name })
	if i < 0 {
		return settings.Declared{}, fmt.Errorf("Toy has no such setting: use %s or %s", SettingNoise, SettingShare) //nolint:staticcheck // The name of the framework.
	}
	return all[i], nil
}
