package kit_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestContent(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "a").Read()
	startup := slices.Clone(k.Startup)
	slices.Reverse(startup)

	got, err := kit.NewContent(startup, nil)
	require.NoError(t, err)
	assert.Equal(t, k.Digest(), got.Digest(), "the order does not matter")
	assert.NotEqual(t, startup[0].Name, got.Startup[0].Name, "the caller's slice stays as it is")
	assert.Nil(t, got.Local)

	for name, files := range map[string]kit.Files{
		"twice":        append(slices.Clone(startup), startup[0]),
		"a path":       append(slices.Clone(startup), kit.File{Name: "a/b"}),
		"a line break": append(slices.Clone(startup), kit.File{Name: "a\nb"}),
		"no name":      append(slices.Clone(startup), kit.File{}),
		"dots":         append(slices.Clone(startup), kit.File{Name: ".."}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := kit.NewContent(files, nil)
			fieldError(t, err)
			_, err = kit.NewContent(startup, files[len(files)-1:])
			if name != "twice" {
				fieldError(t, err)
			}
		})
	}
}
