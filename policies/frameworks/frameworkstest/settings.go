package frameworkstest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// settings requires that local/ is accepted as it is, that a file with an unknown name is
// not, although it is sealed, and that a seal of startup/ is none of local/.
func (s *suite) settings(t *testing.T, sample Sample) {
	t.Helper()
	checker, ok := s.framework.(frameworks.SettingsChecker)
	if !ok {
		return
	}
	k, spec := s.sealed(t, sample)
	assert.True(t, checker.CheckSettings(k.Local, k.Role).Passed())
	for _, name := range []string{"zz-extra.json", "zz_extra.py", "sitecustomize.py"} {
		found := checker.CheckSettings(append(slices.Clone(k.Local), kit.File{Name: name, Data: []byte("{}")}), k.Role)
		assert.Equal(t, kit.CheckLocalContent, found.With(kit.StatusFail)[0].ID, name)
	}
	s.readable(t, k)
	source := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // The same mutations in every run.
	for _, f := range k.Local {
		for _, data := range mutations(source, f.Data) {
			checkFindings(t, checker.CheckSettings(with(k.Local, f.Name, data), k.Role))
		}
		changed := *k
		changed.Local = with(k.Local, f.Name, append(bytes.Clone(f.Data), '\n'))
		assert.Equal(t, acceptance.CheckLocalSealFiles, s.judge(t, &changed, spec, sample).With(kit.StatusFail)[0].ID, f.Name)
	}
	other := *k
	other.LocalSeal = k.Seal
	assert.False(t, s.judge(t, &other, spec, sample).Passed(), "the seal of startup/")
	other.LocalSeal, other.Seal = k.LocalSeal, k.LocalSeal
	assert.False(t, s.judge(t, &other, spec, sample).Passed(), "the seal of local/")
}

// readable requires that what is read of a kit as it was provisioned has one meaning, and
// that a policy can require every setting that is read.
func (s *suite) readable(t *testing.T, k *kit.Kit) {
	t.Helper()
	reader, ok := s.framework.(frameworks.SettingsReader)
	if !ok {
		return
	}
	for folder, files := range map[string]kit.Files{kit.LocalDir: k.Local, kit.StartupDir: k.Startup} {
		found, findings := reader.Settings(folder, files, k.Role)
		assert.Empty(t, findings, folder)
		for _, one := range found {
			_, err := reader.ResolveSetting(one.Path)
			require.NoError(t, err)
		}
		none, findings := reader.Settings(folder, nil, k.Role)
		assert.Empty(t, findings, "%s without files", folder)
		for _, one := range none {
			assert.True(t, one.Default(), "%s is in no file", one.Path)
		}
	}
	declared := reader.Declared()
	for i, one := range declared {
		assert.NotEmpty(t, one.Doc, one.Path)
		assert.NotEmpty(t, one.Type, one.Path)
		for _, other := range declared[:i] {
			assert.NotEqual(t, one.Path, other.Path)
		}
	}
	_, err := reader.ResolveSetting("no.such[setting]")
	assert.ErrorContains(t, err, "no such setting")
}
