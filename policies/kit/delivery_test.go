package kit_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var place = kit.Volume{ClaimName: "flare-kits", SubPath: "site-1/0123"}

func TestOnAVolume(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	for _, made := range []*kittest.Kit{f.Server("server1", "lab", "server1.ns"), f.Client("site-1", "hospital_a"), f.Admin("lead@a.org", "a", "lead")} {
		whole := made.Seal(t, f.Sealer("release")).Read()
		k, err := whole.On(place)
		require.NoError(t, err)
		data := k.SecretData()
		assert.Equal(t, kit.SecretName(whole), kit.SecretName(k))
		for name, content := range data {
			assert.NotContains(t, string(content), "PRIVATE KEY", name)
		}
		read, err := registry.FromSecret(data)
		require.NoError(t, err)
		assert.Equal(t, place, *read.Volume)
		assert.Equal(t, whole.Digest(), read.Digest())
		assert.Equal(t, whole.FileNames(), read.FileNames())
		assert.Equal(t, whole.Participant, read.Participant)
		sums, err := read.Seal.Sums()
		require.NoError(t, err)
		assert.Equal(t, whole.FileNames(), slices.Sorted(maps.Keys(sums)))
	}
}

// Secrets of a kit on a volume that are invalid.
func TestOnAVolumeRefuses(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	whole := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release")).Read()
	k, err := whole.On(place)
	require.NoError(t, err)
	set := func(name, content string) func(map[string][]byte) {
		return func(data map[string][]byte) { data[name] = []byte(content) }
	}
	for name, tc := range map[string]struct {
		change func(map[string][]byte)
		want   string
	}{
		"no seal":           {func(d map[string][]byte) { delete(d, kit.SealFile) }, "needs a seal"},
		"no seal at all":    {set(kit.SealFile, "{}"), "the seal is invalid"},
		"no certificate":    {func(d map[string][]byte) { delete(d, "client.crt") }, "startup/client.crt is missing"},
		"volume: no JSON":   {set(kit.VolumeFile, "{"), "volume.json is not valid JSON"},
		"volume: more":      {set(kit.VolumeFile, `{"claimName":"a","subPath":"b","c":1}`), "exactly the fields"},
		"volume: no claim":  {set(kit.VolumeFile, `{"claimName":"../a","subPath":"b"}`), "is not a valid name of a claim"},
		"volume: up":        {set(kit.VolumeFile, `{"claimName":"a","subPath":"../b"}`), "is not a valid folder of a claim"},
		"volume: absolute":  {set(kit.VolumeFile, `{"claimName":"a","subPath":"/b"}`), "is not a valid folder of a claim"},
		"volume: not clean": {set(kit.VolumeFile, `{"claimName":"a","subPath":"a/./b"}`), "is not a valid folder of a claim"},
		"volume: expanded":  {set(kit.VolumeFile, `{"claimName":"a","subPath":"$(A)"}`), "is not a valid folder of a claim"},
		"volume: huge":      {set(kit.VolumeFile, strings.Repeat(" ", 5000)), "is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			data := k.SecretData()
			tc.change(data)
			_, err := registry.FromSecret(data)
			assert.ErrorContains(t, err, tc.want)
		})
	}
	plain := f.Client("site-1", "hospital_a").Read()
	_, err = plain.On(place)
	assert.ErrorContains(t, err, "needs a seal")
}
