package requirements_test

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func read[T any](t *testing.T, file string) []T {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var all []T
	require.NoError(t, yaml.UnmarshalStrict(data, &all))
	return all
}

func registry(t *testing.T) *frameworks.Registry {
	t.Helper()
	known, err := frameworks.NewRegistry(flower.Framework{}, nvflare.Framework{}, toy.Framework{})
	require.NoError(t, err)
	return known
}

func TestCheck(t *testing.T) {
	type row struct {
		Name      string                  `json:"name"`
		Framework string                  `json:"framework"`
		Role      kit.Role                `json:"role"`
		Folder    string                  `json:"folder"`
		Spec      v1alpha1.SitePolicySpec `json:"spec"`
		Files     map[string]string       `json:"files"`
		Want      []string                `json:"want"`
	}
	for _, c := range slices.Concat(read[row](t, "testdata/met.yaml"), read[row](t, "testdata/filters.yaml"), read[row](t, "testdata/node-config.yaml")) {
		t.Run(c.Name, func(t *testing.T) {
			list, errs := requirements.Compile(registry(t), &c.Spec)
			require.Empty(t, errs)
			var files kit.Files
			for _, name := range slices.Sorted(maps.Keys(c.Files)) {
				files = append(files, kit.File{Name: name, Data: []byte(c.Files[name])})
			}
			of := requirements.Kind{Framework: cmp.Or(c.Framework, "nvflare"), Role: cmp.Or(c.Role, "client")}
			failed := list.Check(of, cmp.Or(c.Folder, kit.LocalDir), files).With(kit.StatusFail)
			require.Len(t, failed, len(c.Want), "%v", failed.Err())
			for i, want := range c.Want {
				assert.Contains(t, failed[i].Text(), want)
				assert.NotEmpty(t, failed[i].Fix)
				assert.Equal(t, kit.CheckPrivacy, failed[i].ID)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	type row struct {
		Name string                  `json:"name"`
		Spec v1alpha1.SitePolicySpec `json:"spec"`
		Want map[string]string       `json:"want"`
	}
	for _, c := range read[row](t, "testdata/errors.yaml") {
		t.Run(c.Name, func(t *testing.T) {
			list, errs := requirements.Compile(registry(t), &c.Spec)
			assert.Nil(t, list)
			require.Len(t, errs, len(c.Want), "%v", errs.ToAggregate())
			for _, err := range errs {
				assert.Contains(t, err.Error(), c.Want[err.Field])
				assert.Contains(t, c.Want, err.Field)
			}
		})
	}
}

// A policy without requirements evaluates no file.
func TestNothingIsRequired(t *testing.T) {
	list, errs := requirements.Compile(registry(t), &v1alpha1.SitePolicySpec{})
	require.Empty(t, errs)
	assert.Empty(t, list.Kinds())
	assert.Nil(t, list.Check(requirements.Kind{Framework: "nvflare", Role: "client"}, kit.LocalDir, kit.Files{{Name: "privacy.json", Data: []byte("[")}}))
	assert.Empty(t, (*requirements.List)(nil).Kinds())
}

func TestKinds(t *testing.T) {
	spec := v1alpha1.SitePolicySpec{Privacy: &v1alpha1.PrivacyRules{CustomCode: v1alpha1.CustomCodeDeny}, Frameworks: []v1alpha1.FrameworkRule{{Name: "nvflare"}}}
	list, errs := requirements.Compile(registry(t), &spec)
	require.Empty(t, errs)
	assert.Equal(t, []requirements.Kind{{Framework: "nvflare", Role: "server"}, {Framework: "nvflare", Role: "client"}}, list.Kinds())
}

// The number of findings is bounded: they become messages.
func TestFindingsAreBounded(t *testing.T) {
	spec := v1alpha1.SitePolicySpec{Privacy: &v1alpha1.PrivacyRules{}}
	for range 100 {
		spec.Privacy.Settings = append(spec.Privacy.Settings, v1alpha1.SettingRule{Framework: "toy", Setting: toy.SettingShare, Present: true})
	}
	list, errs := requirements.Compile(registry(t), &spec)
	require.Empty(t, errs)
	assert.Len(t, list.Check(requirements.Kind{Framework: "toy", Role: "hub"}, kit.LocalDir, kit.Files{{Name: "settings.json", Data: []byte("{}")}}), 10)
}
