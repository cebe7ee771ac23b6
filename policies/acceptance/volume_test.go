package acceptance_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var place = kit.Volume{ClaimName: "flare-kits", SubPath: "site-1/0123"}

// A public file that was changed, and one that the seal does not list.
func TestOnAVolumeChanged(t *testing.T) {
	f := newFederation(t)
	whole := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release")).Read()
	k, err := whole.On(place)
	require.NoError(t, err)
	spec := policy(t, f)
	spec.Kits.Claims = []string{place.ClaimName}
	for want, change := range map[string]func(map[string][]byte){
		"changed since it was sealed": func(d map[string][]byte) {
			d["fed_client.json"] = append(bytes.Clone(d["fed_client.json"]), '\n')
		},
		"an extra file": func(d map[string][]byte) { d["more.txt"] = []byte("x") },
	} {
		data := k.SecretData()
		change(data)
		read, err := registry.FromSecret(data)
		require.NoError(t, err)
		assert.Contains(t, only(t, findings(report(t, read, spec), acceptance.CheckSealFiles), kit.StatusFail).Message, want)
	}
}

// A kit on a volume is accepted only with a seal, and only on the policy's claims.
func TestAKitOnAVolume(t *testing.T) {
	f := newFederation(t)
	spec := policy(t, f)
	spec.Kits.Claims = []string{place.ClaimName}
	for _, made := range []*kittest.Kit{f.Server("server1", "lab", "server1.ns"), f.Client("site-1", "hospital_a"), f.Admin("lead@a.org", "a", "lead")} {
		whole := made.Seal(t, f.Sealer("release")).Read()
		k, err := whole.On(place)
		require.NoError(t, err)
		read, err := registry.FromSecret(k.SecretData())
		require.NoError(t, err)
		verified, all := evaluated(t, read, spec)
		assert.True(t, all.Passed(), "%+v", all)
		assert.Contains(t, findings(all, acceptance.CheckKey)[0].Message, "is on the volume")
		assert.Equal(t, whole.FileNames(), slices.Sorted(maps.Keys(verified.Seal().Files)))

		other := policy(t, f)
		assert.Equal(t, acceptance.CheckClaim, only(t, report(t, read, other), kit.StatusFail).ID)

		verified, _ = evaluated(t, whole, spec)
		placed, err := verified.On(place)
		require.NoError(t, err)
		delivered, err := placed.Kit()
		require.NoError(t, err)
		assert.Equal(t, k.SecretData(), delivered.SecretData())
	}
	_, err := acceptance.Verified{}.On(place)
	assert.Error(t, err)
}
