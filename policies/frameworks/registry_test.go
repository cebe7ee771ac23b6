package frameworks_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// odd is toy with some changes.
type odd struct {
	toy.Framework
	name, title string
	read        func(*kit.Kit)
}

func (o odd) Name() string  { return o.name }
func (o odd) Title() string { return o.title }

func (o odd) Read(content *kit.Content) (*kit.Kit, error) {
	k := &kit.Kit{Content: *content, Framework: o.name, Participant: "a", Federation: "b", Role: toy.RoleHub, KeyFingerprint: "c"}
	o.read(k)
	return k, nil
}

func TestNewRegistry(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{}, nvflare.Framework{})
	require.NoError(t, err)
	assert.Equal(t, []string{"nvflare", "toy"}, registry.Names())
	one, ok := registry.Find("nvflare")
	assert.True(t, ok && one.Checker != nil && one.NativeSigner != nil && one.Versioned != nil && one.RootKeeper != nil)
	one, ok = registry.Find("toy")
	assert.True(t, ok && one.Checker != nil && one.NativeSigner == nil && one.Versioned == nil && one.RootKeeper == nil, "capabilities are found once")
	_, ok = registry.Find("flower")
	assert.False(t, ok)
	assert.Equal(t, []string{"flower", "nvflare"}, frameworks.Default().Names(), "toy is for tests alone")

	for want, all := range map[string][]frameworks.Framework{
		"needs a framework":         nil,
		`"toy" is registered twice`: {toy.Framework{}, toy.Framework{}},
		"is not a DNS label":        {odd{name: "No_Label", title: "x"}},
		"no title":                  {odd{name: "odd"}},
	} {
		_, err := frameworks.NewRegistry(all...)
		assert.ErrorContains(t, err, want)
	}
}

func read(t *testing.T, change func(*kit.Kit), more ...frameworks.Framework) (*kit.Kit, error) {
	t.Helper()
	registry, err := frameworks.NewRegistry(append([]frameworks.Framework{odd{name: "odd", title: "Odd", read: change}}, more...)...)
	require.NoError(t, err)
	return registry.ReadDir(fstest.MapFS{"startup/toy.json": &fstest.MapFile{}})
}

// Fields that a framework forgets to set are an error.
func TestReadChecksTheFramework(t *testing.T) {
	_, err := read(t, func(*kit.Kit) {})
	require.NoError(t, err)
	for want, change := range map[string]func(*kit.Kit){
		"without its name": func(k *kit.Kit) { k.Framework = "toy" },
		"participant":      func(k *kit.Kit) { k.Participant = "" },
		"or key":           func(k *kit.Kit) { k.KeyFingerprint = "" },
		`the role "admin"`: func(k *kit.Kit) { k.Role = "admin" },
	} {
		k, err := read(t, change)
		require.ErrorContains(t, err, want)
		assert.Nil(t, k)
	}
	_, err = read(t, func(*kit.Kit) {}, toy.Framework{})
	assert.EqualError(t, err, "startup looks like a kit of Odd and of Toy; a kit belongs to one framework: use the kit as it was provisioned, or ask the project lead for a new one")
}

func TestNoFrameworkKnowsTheKit(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{}, nvflare.Framework{})
	require.NoError(t, err)
	_, err = registry.FromSecret(map[string][]byte{"a": nil})
	require.ErrorContains(t, err, "startup contains no configuration file of Toy (toy.json) or NVIDIA FLARE (fed_server.json, fed_client.json, fed_admin.json")
	_, err = registry.ReadDir(fstest.MapFS{"toy.json": &fstest.MapFile{}})
	assert.ErrorContains(t, err, "this is a startup folder itself")
}

// The registry reads the root with any framework that keeps one.
func TestReadRoot(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{}, nvflare.Framework{})
	require.NoError(t, err)
	assert.Len(t, registry.RootKeepers(), 1)
	certificate, key, err := registry.ReadRoot([]byte(`{"root_cert": "a", "root_pri_key": "b", "site-1": {}}`))
	require.NoError(t, err)
	assert.Equal(t, "ab", string(certificate)+string(key))
	_, _, err = registry.ReadRoot([]byte(`{"root_cert": "a"}`))
	require.EqualError(t, err, "not written by `nvflare provision`: root_cert or root_pri_key is missing; give a file such as workspace/demo/state/cert.json")

	registry, err = frameworks.NewRegistry(toy.Framework{})
	require.NoError(t, err)
	assert.Empty(t, registry.RootKeepers())
	_, _, err = registry.ReadRoot(nil)
	assert.EqualError(t, err, "no supported framework keeps its root in a file")
}
