package workloadstest

import (
	"crypto/ed25519"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Frameworks can read the kits of every framework, toy included.
func Frameworks(t testing.TB) *frameworks.Registry {
	t.Helper()
	r, err := frameworks.NewRegistry(flower.Framework{}, nvflare.Framework{}, toy.Framework{})
	require.NoError(t, err)
	return r
}

// Accept accepts a kit, regardless of its dates and its signer.
func Accept(t testing.TB, k *kit.Kit) acceptance.Verified {
	t.Helper()
	rules, err := acceptance.Pinned(Frameworks(t), "")
	require.NoError(t, err)
	verified, findings := acceptance.AcceptAnytime(k, rules)
	_, err = verified.Kit()
	require.NoError(t, err, "%v", findings)
	return verified
}

// Toy is the kit of a participant of toy, always with the same key.
func Toy(t testing.TB, role kit.Role, participant string) acceptance.Verified {
	t.Helper()
	content, err := toy.Write(toy.Spec{
		Federation: "playground", Participant: participant, Org: "hospital_a", Role: role,
		Host: "hub-1", Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
	})
	require.NoError(t, err)
	k, err := Frameworks(t).Read(content)
	require.NoError(t, err)
	return Accept(t, k)
}
