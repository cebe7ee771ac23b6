package nvflare_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// readCase is a case of testdata/read.yaml.
type readCase struct {
	Name   string            `json:"name"`
	Folder string            `json:"folder"`
	Role   kit.Role          `json:"role"`
	Files  map[string]string `json:"files"`
	Only   []string          `json:"only"`
	Want   []string          `json:"want"`
	Doubts []string          `json:"doubts"`
}

func (c readCase) read() ([]settings.Setting, kit.Findings) {
	var files kit.Files
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		files = append(files, kit.File{Name: name, Data: []byte(c.Files[name])})
	}
	return nvflare.Framework{}.Settings(cmp.Or(c.Folder, kit.LocalDir), files, cmp.Or(c.Role, nvflare.RoleClient))
}

func readCases(t testing.TB) []readCase {
	t.Helper()
	data, err := os.ReadFile("testdata/read.yaml")
	require.NoError(t, err)
	var all []readCase
	require.NoError(t, yaml.UnmarshalStrict(data, &all))
	return all
}

func shown(s settings.Setting) string {
	value := s.Value
	if value == nil {
		value = "?"
	}
	return fmt.Sprintf("%s = %v @ %s", s.Path, value, strings.TrimPrefix(s.Where(), "the "))
}

func TestReadSettings(t *testing.T) {
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			found, findings := c.read()
			if len(c.Doubts) > 0 {
				require.Len(t, findings, len(c.Doubts), "%v", findings.Err())
				for i, want := range c.Doubts {
					assert.Contains(t, findings[i].Text(), want)
					assert.Equal(t, kit.CheckPrivacy, findings[i].ID)
				}
				return
			}
			require.Empty(t, findings)
			got := []string{}
			for _, one := range found {
				if c.Only == nil || slices.Contains(c.Only, one.Path) {
					got = append(got, shown(one))
				}
			}
			assert.Equal(t, c.Want, got)
		})
	}
}

// Every setting that is read is declared, with the type of its value, so that a policy can
// require it.
func TestSettingsAreDeclared(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range readCases(t) {
		found, findings := c.read()
		if len(findings) > 0 {
			continue // no requirement is evaluated
		}
		for _, one := range found {
			if strings.HasSuffix(one.Path, "[PercentilePrivacy].a") {
				break // the case has arguments that the filter does not have
			}
			got, err := nvflare.Framework{}.ResolveSetting(one.Path)
			require.NoError(t, err, one.Path)
			assert.Equal(t, one.Path, got.Path)
			seen[got.Path] = true
			if one.Default() {
				assert.Equal(t, got.Type, typeOf(one.Value), one.Path)
			}
		}
	}
	require.Greater(t, len(seen), 30)
}

func typeOf(value any) settings.Type {
	switch value.(type) {
	case bool:
		return settings.Boolean
	case float64:
		return settings.Number
	case []string:
		return settings.Texts
	}
	return settings.Text
}

func TestResolveSetting(t *testing.T) {
	const at = "privacy.scopes[private].task_result_filters.out"
	for path, want := range map[string]string{
		at + "[nvflare.app_common.filters.svt_privacy.SVTPrivacy].epsilon": at + "[SVTPrivacy].epsilon number",
		at + "[site.filters.Mine].anything":                                at + "[site.filters.Mine].anything any",
		at + "[site.filters.Mine]":                                         at + "[site.filters.Mine] list of texts",
		at + "[SVTPrivacy].epsilonn":                                       "the filter SVTPrivacy has no such argument",
		at + "[SVT]":                                                       "NVIDIA FLARE has no filter SVT: use SVTPrivacy, ",
		"privacy.scopes[private].task_result_filters.both[SVTPrivacy]":     "NVIDIA FLARE has no such setting: of privacy, it has privacy.scopes, ",
		"authorization.rights[BYOC]":                                       "NVIDIA FLARE has no such setting: of authorization, it has ",
		"privacy.scopes[private":                                           "NVIDIA FLARE has no such setting",
		"":                                                                 "NVIDIA FLARE has no such setting: docs/privacy.md lists them",
	} {
		got, err := nvflare.Framework{}.ResolveSetting(path)
		if err != nil {
			assert.Contains(t, err.Error(), want, path)
			continue
		}
		assert.Equal(t, want, got.Path+" "+string(got.Type), path)
	}
}

func TestReadingIsBounded(t *testing.T) {
	read := func(content []byte) ([]settings.Setting, kit.Findings) {
		return nvflare.Framework{}.Settings(kit.LocalDir, kit.Files{{Name: "resources.json", Data: content}}, nvflare.RoleClient)
	}
	_, findings := read(bytes.Repeat([]byte(" "), 128<<10+1))
	require.Len(t, findings, 1)
	assert.Contains(t, findings[0].Message, "larger than 128 KiB")
	var files kit.Files
	many := `{"components": [` + strings.Repeat(`{"id":"a","path":"b.C"},`, 5000) + `{"id":"a"}]}`
	for i := range 2 {
		files = append(files, kit.File{Name: fmt.Sprintf("x%d__resources.json", i), Data: []byte(many)})
	}
	found, findings := nvflare.Framework{}.Settings(kit.LocalDir, files, nvflare.RoleClient)
	assert.Empty(t, found)
	require.Len(t, findings, 1)
	assert.Contains(t, findings[0].Message, "more than 5000 settings")
	for name, content := range map[string]string{
		"privacy.json":       `{"scopes": [` + strings.Repeat(`{"name": "a"},`, 500) + `{"name": "a"}]}`,
		"authorization.json": `{"permissions": {` + numbered(501) + `}}`,
	} {
		_, findings = nvflare.Framework{}.Settings(kit.LocalDir, kit.Files{{Name: name, Data: []byte(content)}}, nvflare.RoleClient)
		require.Len(t, findings, 1)
		assert.Contains(t, findings[0].Message, "it has more than 500 ")
	}
	_, findings = nvflare.Framework{}.Settings(kit.LocalDir, kit.Files{{Name: "authorization.json", Data: []byte(`{"permissions": {` + numbered(500) + `}}`)}}, nvflare.RoleClient)
	assert.Empty(t, findings)
	_, findings = read([]byte(`{"components": ` + strings.Repeat("[", 100)))
	assert.Len(t, findings, 1)
}

// numbered are fields for as many roles.
func numbered(n int) string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, fmt.Sprintf(`"role-%d": "any"`, i))
	}
	return strings.Join(all, ",")
}
