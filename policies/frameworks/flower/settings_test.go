package flower_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

const ed25519Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHDGEcXrq7rJjKVNBrKpyIl4W4QKrXbvn1XOWa0i8zYI"

func local(files map[string]string) kit.Files {
	var all kit.Files
	for name, text := range files {
		all = append(all, kit.File{Name: name, Data: []byte(text)})
	}
	return all
}

func values(t *testing.T, files map[string]string) map[string]any {
	t.Helper()
	found, findings := flower.Framework{}.Settings(kit.LocalDir, local(files), flower.RoleClient)
	require.Empty(t, findings)
	for _, one := range found {
		_, err := flower.Framework{}.ResolveSetting(one.Path)
		require.NoError(t, err)
	}
	return settings.Values(found)
}

// A node configuration has the values that Flower 1.42.0 makes of it.
func TestSettings(t *testing.T) {
	assert.Equal(t, map[string]any{"app-code": true}, values(t, nil))
	assert.Equal(t, map[string]any{
		"app-code": true, "node-config.partition-id": 0.0, "node-config.name": "a", "node-config.fast": false,
		"node-config.dp.clip": 1.5, "node-config.dp.noise.sigma": 0.1, "node-config.large": settings.Unknown{}, "node-config.none": settings.Unknown{},
		"trusted-entities": []string{ed25519Key},
	}, values(t, map[string]string{
		flower.NodeConfigFile:      "partition-id = 0\nname = \"a\"\nfast = false\nlarge = 9007199254740993\nnone = nan\ndp.noise.sigma = 1e-1\ndp.clip = 1.5\n",
		flower.TrustedEntitiesFile: "fpk_1: " + ed25519Key + " anna\n",
	}))
	found, _ := flower.Framework{}.Settings(kit.LocalDir, local(map[string]string{flower.NodeConfigFile: "# x\n[dp]\n\nclip = 1\n"}), flower.RoleClient)
	assert.Equal(t, settings.Setting{Path: "node-config.dp.clip", Value: 1.0, File: "local/node-config.toml", Line: 4}, found[1])
}

func TestLocalRejects(t *testing.T) {
	executor := "namespace: fl\nimage: x\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"not TOML":              {flower.NodeConfigFile, "a = 1\na b\n", "line 2: it is not valid TOML"},
		"twice":                 {flower.NodeConfigFile, "a = 1\na = 2\n", "not valid TOML"},
		"a list":                {flower.NodeConfigFile, "a = 1\nb = [1]\n", "line 2: b must be a text, a number, true or false"},
		"a date":                {flower.NodeConfigFile, "b = 2026-01-01\n", "b must be a text"},
		"a key with a dot":      {flower.NodeConfigFile, "\"dp.clip\" = 1\n", `the key "dp.clip" may have letters`},
		"deep":                  {flower.NodeConfigFile, "a.b.c.d.e = 1\n", "nested deeper than 3 levels"},
		"brackets":              {flower.NodeConfigFile, "a = " + strings.Repeat("[", 2000), "more tables and lists"},
		"large":                 {flower.NodeConfigFile, strings.Repeat("#", 200<<10), "larger than 128 KiB"},
		"no one trusted":        {flower.TrustedEntitiesFile, "{}\n", "it lists no one, and with that the SuperNode runs any app"},
		"an empty file":         {flower.TrustedEntitiesFile, "", "it lists no one"},
		"a list of keys":        {flower.TrustedEntitiesFile, "- a\n", "line 1: it is not a mapping"},
		"another name":          {flower.TrustedEntitiesFile, "anna: " + ed25519Key, `"anna" must be an entity`},
		"no key":                {flower.TrustedEntitiesFile, "fpk_1: x\n", `"fpk_1" must be an entity`},
		"an anchor":             {flower.TrustedEntitiesFile, "fpk_1: &a x\n", "line 1: it has an anchor"},
		"no image":              {flower.ExecutorFile, "namespace: fl\n", "image is missing"},
		"a file for pods":       {flower.ExecutorFile, executor + "appio-root-certificates-path: /workspace/startup/runtime.key\n", `line 3: "appio-root-certificates-path" is not a field`},
		"warm executors":        {flower.ExecutorFile, executor + "warm-executor-pools: []\n", "is not a field"},
		"an executor as a list": {flower.ExecutorFile, "[]", "it is not a mapping"},
	} {
		files := map[string]string{flower.NodeConfigFile: "", c.file: c.text}
		findings := flower.Framework{}.CheckSettings(local(files), flower.RoleClient).With(kit.StatusFail)
		require.Len(t, findings, 1, name)
		assert.Equal(t, flower.CheckLocalFiles, findings[0].ID)
		assert.Contains(t, findings[0].Text(), "local/"+c.file)
		assert.Contains(t, findings[0].Text(), c.want, name)
		found, unclear := flower.Framework{}.Settings(kit.LocalDir, local(files), flower.RoleClient)
		assert.Equal(t, c.file != flower.ExecutorFile, len(unclear) > 0, name)
		assert.Len(t, found, 1, name)
	}
	fine := map[string]string{flower.NodeConfigFile: "", flower.ExecutorFile: executor + "env: [{name: A, value: b}]\n"}
	assert.True(t, flower.Framework{}.CheckSettings(local(fine), flower.RoleClient).Passed())
	delete(fine, flower.NodeConfigFile)
	assert.False(t, flower.Framework{}.CheckSettings(local(fine), flower.RoleClient).Passed(), "node-config.toml is missing")
	for _, role := range []kit.Role{flower.RoleServer, flower.RoleAdmin} {
		assert.False(t, flower.Framework{}.CheckSettings(local(fine), role).Passed(), "executor.yaml has no effect")
		assert.True(t, flower.Framework{}.CheckSettings(flower.DefaultLocal(role), role).Passed())
	}
}

func TestResolveSetting(t *testing.T) {
	for path, want := range map[string]bool{
		"node-config.dp.clip": true, "node-config.a": true, "node-config.a.b.c.d": true, "trusted-entities": true, "app-code": true,
		"node-config": false, "node-config.a.b.c.d.e": false, "node-config[a]": false, "privacy.scopes": false,
	} {
		_, err := flower.Framework{}.ResolveSetting(path)
		assert.Equal(t, want, err == nil, path)
	}
}

// FuzzLocal requires that settings that are read have one meaning: what CheckSettings denies
// has none.
func FuzzLocal(f *testing.F) {
	f.Add([]byte("a = 1\n[dp]\nclip = 1.0\n"), []byte("fpk_1: "+ed25519Key), []byte("namespace: a\nimage: b\n"))
	f.Add([]byte("a = {b = 1}\n\"c.d\" = 2"), []byte("{}"), []byte("[]"))
	f.Fuzz(func(t *testing.T, config, trusted, executor []byte) {
		files := local(map[string]string{flower.NodeConfigFile: string(config), flower.TrustedEntitiesFile: string(trusted), flower.ExecutorFile: string(executor)})
		passed := flower.Framework{}.CheckSettings(files, flower.RoleClient).Passed()
		found, unclear := flower.Framework{}.Settings(kit.LocalDir, files, flower.RoleClient)
		if passed {
			require.Empty(t, unclear)
			require.NotEmpty(t, settings.NewSet(found)["trusted-entities"])
		}
		for _, one := range found {
			_, err := flower.Framework{}.ResolveSetting(one.Path)
			require.NoError(t, err, one.Path)
		}
	})
}
