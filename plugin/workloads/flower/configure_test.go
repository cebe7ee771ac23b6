package flower

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const description = `
[project]
name = "fedavg"
version = "1.0.0"
[tool.flwr.app]
publisher = "lab"
[tool.flwr.app.components]
serverapp = "fedavg.server:app"
clientapp = "fedavg.client:app"
[tool.flwr.app.config]
rounds = 3
rate = 0.5
name = "a"
fast = false
list = [1]
dp.clip = 1.0
`

func folder(text string) fstest.MapFS {
	return fstest.MapFS{"pyproject.toml": &fstest.MapFile{Data: []byte(text)}}
}

func TestCheckJob(t *testing.T) {
	require.NoError(t, Workloads{}.CheckJob("fedavg", folder(description)))
	for want, files := range map[string]fstest.MapFS{
		"it has no pyproject.toml":                         {},
		"not valid TOML: line 2":                           folder("a = 1\nb c\n"),
		"has no [tool.flwr.app]":                           folder("[project]\nname = \"a\"\n"),
		"project.version of pyproject.toml is missing":     folder(strings.Replace(description, "version", "versions", 1)),
		"tool.flwr.app.components.clientapp of pyproject.": folder(strings.Replace(description, "clientapp", "client", 1)),
		"larger than 1024 KiB":                             folder(strings.Repeat("#", 2<<20)),
		"has another type than Flower requires":            folder("project = 1\n"),
	} {
		assert.ErrorContains(t, Workloads{}.CheckJob("fedavg", files), want)
	}
}

// TestComponents: a module of which the app has a part must be there; others may be in the image.
func TestComponents(t *testing.T) {
	app := func(component string, files ...string) fstest.MapFS {
		f := folder(strings.Replace(description, "fedavg.server:app", component, 1))
		for _, name := range files {
			f[name] = &fstest.MapFile{}
		}
		return f
	}
	const client = "fedavg/client.py"
	for component, files := range map[string][]string{
		"fedavg.server:app": {client, "fedavg/server.py"},
		"fedavg:app":        {client, "fedavg/__init__.py"},
		"server:a.b":        {client, "server.py"},
		"installed.app:app": {client},
	} {
		require.NoError(t, Workloads{}.CheckJob("fedavg", app(component, files...)), component)
	}
	for component, want := range map[string]string{
		"fedavg.nothing:app": "tool.flwr.app.components.serverapp of pyproject.toml names the module fedavg.nothing, but the app has no file fedavg/nothing.py",
		"fedavg.server":      "must be MODULE:ATTRIBUTE",
		":app":               "must be MODULE:ATTRIBUTE",
		"fedavg.server:":     "must be MODULE:ATTRIBUTE",
	} {
		assert.ErrorContains(t, Workloads{}.CheckJob("fedavg", app(component, client)), want)
	}
}

func TestConfigure(t *testing.T) {
	text, err := Workloads{}.Configure(folder(description), []string{"rounds=5", "rate=1", "name=a \"b\" = 'c'", "fast=true", "dp.clip=2"})
	require.NoError(t, err)
	assert.Equal(t, "\"dp.clip\" = 2.0\nfast = true\nname = \"a \\\"b\\\" = 'c'\"\nrate = 1.0\nrounds = 5\n", text)
	for set, want := range map[string]string{
		"rounds":      `"rounds" is not KEY=VALUE`,
		"round=1":     `has no "round": it has dp.clip, fast, list, name, rate, rounds`,
		"rounds=1.5":  "rounds=1.5: the value must be a whole number",
		"rate=inf":    "must be a number",
		"fast=yes":    "must be true or false",
		"list=1":      "cannot be set",
		"dp=1":        `has no "dp"`,
		"rounds=1\nx": "whole number",
	} {
		_, err := Workloads{}.Configure(folder(description), []string{set})
		require.ErrorContains(t, err, want)
	}
	_, err = Workloads{}.Configure(folder(strings.Replace(description, "[tool.flwr.app.config]", "[other]", 1)), []string{"a=1"})
	require.ErrorContains(t, err, "it is empty")
}
