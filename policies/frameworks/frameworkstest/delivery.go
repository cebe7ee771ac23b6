package frameworkstest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

var place = kit.Volume{ClaimName: "flare-kits", SubPath: "participant/0123"}

// delivered requires that a kit is the same after it is read from its Secret, also with a
// volume, and that the Secret of a kit on a volume contains no key.
func (s *suite) delivered(t *testing.T, sample Sample) {
	t.Helper()
	k, spec := s.sealed(t, sample)
	whole, err := s.registry.FromSecret(k.SecretData())
	require.NoError(t, err)
	same(t, k, whole)
	placed, err := k.On(place)
	require.NoError(t, err)
	data := placed.SecretData()
	for name, content := range data {
		assert.NotContains(t, string(content), "PRIVATE KEY", name)
	}
	onVolume, err := s.registry.FromSecret(data)
	require.NoError(t, err)
	same(t, k, onVolume)
	assert.Equal(t, place, *onVolume.Volume)
	for _, one := range []*kit.Kit{whole, onVolume} {
		assert.True(t, s.judge(t, one, spec, sample).Passed())
	}
}

// same compares two results of reading one kit.
func same(t *testing.T, want, got *kit.Kit) {
	t.Helper()
	assert.Equal(t, kit.SecretName(want), kit.SecretName(got))
	assert.Equal(t, want.FileNames(), got.FileNames())
	assert.Equal(t, want.KeyFingerprint, got.KeyFingerprint)
	type identity struct {
		Framework, Family, Version, Participant, Federation, Org string
		Role                                                     kit.Role
		Server                                                   kit.Endpoint
	}
	of := func(k *kit.Kit) identity {
		return identity{k.Framework, k.Family, k.Version, k.Participant, k.Federation, k.Org, k.Role, k.Server}
	}
	assert.Equal(t, of(want), of(got))
	assert.Equal(t, want.ServerNames, got.ServerNames)
	assert.Equal(t, want.Ports, got.Ports)
}

func (s *suite) judge(t *testing.T, k *kit.Kit, spec *v1alpha1.SitePolicySpec, sample Sample) kit.Findings {
	t.Helper()
	rules, errs := acceptance.Compile(s.registry, spec)
	require.Empty(t, errs)
	_, findings := acceptance.Accept(k, rules, sample.Now)
	return findings
}

// changed requires that a sealed kit cannot be read or is not accepted if a file of
// startup/ is changed, removed or added.
func (s *suite) changed(t *testing.T, sample Sample) {
	t.Helper()
	k, spec := s.sealed(t, sample)
	refused := func(what string, data map[string][]byte) {
		one, err := s.registry.FromSecret(data)
		if err == nil {
			assert.False(t, s.judge(t, one, spec, sample).Passed(), what)
		}
	}
	for _, f := range k.Startup {
		data := k.SecretData()
		data[f.Name] = append(bytes.Clone(f.Data), '\n')
		refused("changed: "+f.Name, data)
		delete(data, f.Name)
		refused("missing: "+f.Name, data)
	}
	data := k.SecretData()
	data["zz-extra.json"] = []byte("{}")
	refused("an extra file", data)
}
