package settings_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

func TestPaths(t *testing.T) {
	const family = "privacy.scopes[SCOPE].task_data_filters|task_result_filters.in|out[FILTER].ARGUMENT"
	for path, want := range map[string]bool{
		"privacy.scopes[private].task_data_filters.in[a.B].c":   true,
		"privacy.scopes[a.b c].task_result_filters.out[A].c":    true,
		"privacy.scopes[private].task_data_filters.both[a.B].c": false,
		"privacy.scopes.private.task_data_filters.in[a.B].c":    false,
		"privacy.scopes[].task_data_filters.in[a.B].c":          false,
		"privacy.scopes[private].task_data_filters.in[a.B]":     false,
		"privacy.scopes[private].task_data_filters.in[a.B].c.d": false,
		"privacy.scopes[pri[vate].task_data_filters.in[a.B].c":  false,
		"privacy.scopes[private]].task_data_filters.in[a.B].c":  false,
		"privacy.scopes[private].task_data_filters.in[a.B].":    false,
		"privacy..scopes[private].task_data_filters.in[a.B].c":  false,
		"[privacy].scopes[private].task_data_filters.in[a.B].c": false,
		"": false,
	} {
		found, ok := settings.NewCatalog([]settings.Declared{{Path: "other"}, {Path: family}}).Find(path)
		assert.Equal(t, want, ok, path)
		assert.Equal(t, want, found.Path == family, path)
	}
	assert.True(t, settings.Name("a b.c"))
	assert.False(t, settings.Name(""))
	assert.False(t, settings.Name("a]"))
}

func TestRequirements(t *testing.T) {
	file := func(value any) []settings.Setting {
		return []settings.Setting{{Path: "a.b", Value: value, File: "local/x.json", Line: 3}}
	}
	standard := []settings.Setting{{Path: "a.b", Value: 0.1}}
	for name, c := range map[string]struct {
		requirement settings.Requirement
		found       []settings.Setting
		want        string
	}{
		"in the bounds":             {settings.Requirement{Min: new(float64(1)), Max: new(float64(1))}, file(1.0), ""},
		"too large":                 {settings.Requirement{Max: new(float64(1))}, file(1.5), "a.b is 1.5, but spec.x of the policy requires at most 1"},
		"too small":                 {settings.Requirement{Min: new(float64(1)), Max: new(float64(2))}, file(0.5), "a.b is 0.5, but spec.x of the policy requires at least 1 and at most 2"},
		"a number as a text":        {settings.Requirement{Max: new(float64(1))}, file("0.5"), `a.b is "0.5", but spec.x of the policy requires at most 1`},
		"true is no number":         {settings.Requirement{Max: new(float64(1))}, file(true), "a.b is true, but"},
		"not known":                 {settings.Requirement{Max: new(float64(1))}, file(nil), "a.b is a value of another type or with a variable, but"},
		"missing":                   {settings.Requirement{Max: new(float64(1))}, nil, "a.b is not set, but spec.x of the policy requires at most 1"},
		"missing and optional":      {settings.Requirement{Max: new(float64(1)), Optional: true}, nil, ""},
		"optional and too large":    {settings.Requirement{Max: new(float64(1)), Optional: true}, file(2.0), "a.b is 2, but"},
		"the default counts":        {settings.Requirement{Max: new(float64(1))}, standard, ""},
		"the default is too large":  {settings.Requirement{Max: new(float64(0.01))}, standard, "a.b is 0.1 by default, but"},
		"one value of two":          {settings.Requirement{Max: new(float64(1))}, append(file(0.5), file(2.0)...), "a.b is 2, but"},
		"one of":                    {settings.Requirement{OneOf: []any{"x", "y"}}, file("x"), ""},
		"none of":                   {settings.Requirement{OneOf: []any{"x", "y"}}, file("z"), `a.b is "z", but spec.x of the policy requires one of "x", "y"`},
		"one of booleans":           {settings.Requirement{OneOf: []any{true}}, file("true"), `a.b is "true", but spec.x of the policy requires true`},
		"a list of allowed texts":   {settings.Requirement{OneOf: []any{"x", "y"}}, file([]string{"y", "x"}), ""},
		"a list with another text":  {settings.Requirement{OneOf: []any{"x"}}, file([]string{"x", "z"}), `a.b is ["x", "z"], but spec.x of the policy requires "x"`},
		"an empty list":             {settings.Requirement{OneOf: []any{"x"}}, file([]string{}), ""},
		"a list that must be empty": {settings.Requirement{OneOf: []any{}}, file([]string{"x"}), `a.b is ["x"], but spec.x of the policy requires none`},
		"present":                   {settings.Requirement{Present: true}, file(nil), ""},
		"the default is not there":  {settings.Requirement{Present: true}, standard, "a.b is not set, but spec.x of the policy requires it"},
		"absent":                    {settings.Requirement{Absent: true}, standard, ""},
		"not absent":                {settings.Requirement{Absent: true}, file("x"), `a.b is set to "x", but spec.x of the policy requires that it is not set`},
		"a long list":               {settings.Requirement{OneOf: []any{}}, file(strings.Fields(strings.Repeat("x ", 20))), `"x", …], but`},
	} {
		t.Run(name, func(t *testing.T) {
			c.requirement.Path, c.requirement.Field = "a.b", "spec.x"
			problems := c.requirement.Check(settings.NewSet(c.found))
			if c.want == "" {
				require.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			assert.Contains(t, problems[0].Text, c.want)
			assert.NotEmpty(t, problems[0].Fix)
		})
	}
}

func TestWhere(t *testing.T) {
	assert.Equal(t, "the default", settings.Setting{}.Where())
	assert.Equal(t, "local/x.json:3", settings.Setting{File: "local/x.json", Line: 3}.Where())
	assert.Equal(t, "local/x.json", settings.Setting{File: "local/x.json"}.Where())
}
