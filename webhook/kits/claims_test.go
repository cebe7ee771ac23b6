package kits_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
)

// A bound claim is looked up once in a while, any other each time.
func TestClaim(t *testing.T) {
	b := newBench(t)
	look := func() (facts.ClaimFact, int) {
		before := b.reader.gets
		fact := b.Claim(t.Context(), "ns", "ct")
		return fact, b.reader.gets - before
	}
	expect := func(fact facts.ClaimFact, gets int) {
		t.Helper()
		got, looked := look()
		require.Equal(t, fact, got)
		require.Equal(t, gets, looked)
	}
	absent := facts.ClaimFact{Error: "the PersistentVolumeClaim does not exist", Absent: true}
	expect(absent, 1)
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "ct"}}
	require.NoError(t, b.reader.Create(t.Context(), claim))
	expect(facts.ClaimFact{}, 1)
	claim.Spec.VolumeName = "pv-1"
	require.NoError(t, b.reader.Update(t.Context(), claim))
	expect(facts.ClaimFact{VolumeName: "pv-1"}, 1)
	expect(facts.ClaimFact{VolumeName: "pv-1"}, 0)
	b.clock.Step(kits.Fresh + time.Second)
	b.reader.away = true
	fact, looked := look()
	require.Equal(t, 1, looked)
	require.Contains(t, fact.Error, "connection reset")
	require.False(t, fact.Absent)
	b.reader.away = false
	expect(facts.ClaimFact{VolumeName: "pv-1"}, 1)
}
