package nvflare_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// settingsCase is a case of testdata/settings.yaml.
type settingsCase struct {
	Name    string   `json:"name"`
	File    string   `json:"file"`
	Content string   `json:"content"`
	Want    []string `json:"want"`
}

func settingsCases(t testing.TB) []settingsCase {
	t.Helper()
	data, err := os.ReadFile("testdata/settings.yaml")
	require.NoError(t, err)
	var all []settingsCase
	require.NoError(t, yaml.UnmarshalStrict(data, &all))
	for i := range all {
		if all[i].Content == "" {
			all[i].Content = "{}"
		}
	}
	return all
}

// problems are the failures of one file. An administrator's local/ needs no other file.
func problems(name string, content []byte) kit.Findings {
	return nvflare.Framework{}.CheckSettings(kit.Files{{Name: name, Data: content}}, nvflare.RoleAdmin).With(kit.StatusFail)
}

func TestSettings(t *testing.T) {
	for _, c := range settingsCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			found := problems(c.File, []byte(c.Content))
			require.Len(t, found, len(c.Want), "%+v", found)
			for i, want := range c.Want {
				assert.Contains(t, found[i].Text(), "local/"+c.File+": "+want)
				assert.NotEmpty(t, found[i].Fix)
			}
		})
	}
}

func TestSettingsAreBounded(t *testing.T) {
	found := problems("resources.json", bytes.Repeat([]byte(" "), 128<<10+1))
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "larger than 128 KiB")
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf(`{"id": "%d", "path": "evil.Widget"}`, i))
	}
	assert.Len(t, problems("resources.json", []byte(`{"components": [`+strings.Join(many, ",")+`]}`)), 10)
	assert.Len(t, problems("resources.json", []byte(strings.Repeat("[", 5000))), 1)
}

// A server or client needs its settings; without rules, everything would be allowed.
func TestRequiredSettings(t *testing.T) {
	files := kit.Files{{Name: "resources.json", Data: []byte("{}")}, {Name: "log_config.json.default", Data: []byte("{}")}}
	found := nvflare.Framework{}.CheckSettings(files, nvflare.RoleClient).With(kit.StatusFail)
	require.Len(t, found, 1)
	assert.Equal(t, "local/authorization.json", found[0].File)
	assert.True(t, nvflare.Framework{}.CheckSettings(files, nvflare.RoleAdmin).Passed())
	assert.Len(t, nvflare.Framework{}.CheckSettings(nil, nvflare.RoleServer).With(kit.StatusFail), 1)
}

func FuzzSettings(f *testing.F) {
	for _, c := range settingsCases(f) {
		f.Add(c.File, []byte(c.Content))
	}
	for _, c := range readCases(f) {
		for name, content := range c.Files {
			f.Add(name, []byte(content))
		}
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		for _, p := range problems(name, content) {
			assert.NotEmpty(t, p.Fix)
			assert.NotContains(t, p.Message, "\n")
		}
		for _, folder := range []string{kit.LocalDir, kit.StartupDir} {
			checkRead(t, folder, kit.Files{{Name: name, Data: content}})
		}
	})
}

// checkRead requires that whatever is read has a path that a policy could name, and a value
// of one of the types.
func checkRead(t *testing.T, folder string, files kit.Files) {
	t.Helper()
	found, findings := nvflare.Framework{}.Settings(folder, files, nvflare.RoleClient)
	for _, one := range findings {
		assert.NotEmpty(t, one.Fix)
		assert.NotContains(t, one.Message, "\n")
	}
	for _, one := range found {
		switch value := one.Value.(type) {
		case nil, bool, string, []string:
		case float64:
			assert.False(t, math.IsNaN(value) || math.IsInf(value, 0), one.Path)
		default:
			t.Errorf("%s has a value of the type %T", one.Path, value)
		}
		if findings == nil && !strings.Contains(one.Path, "_filters.") {
			_, err := nvflare.Framework{}.ResolveSetting(one.Path)
			assert.NoError(t, err)
		}
	}
}
