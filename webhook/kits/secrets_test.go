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

// A Secret is read once in a while. The root of a verified kit shows whose certificate it
// has, even if the Secret was examined before.
func TestSecret(t *testing.T) {
	b := newBench(t)
	plain := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "plain"},
		Data:       map[string][]byte{"a": b.secret.Data["client.crt"], "b": b.secret.Data["client.key"]},
	}
	b.create(t, b.secret)
	b.create(t, plain)
	expect := func(want facts.SecretFact, gets int) {
		t.Helper()
		before := b.reader.gets
		require.Equal(t, want, b.Secret(t.Context(), "ns", "plain", b.policy))
		require.Equal(t, gets, b.reader.gets-before)
	}
	expect(facts.SecretFact{Key: true}, 1)
	expect(facts.SecretFact{Key: true}, 0)
	require.Empty(t, b.Kit(t.Context(), "ns", b.secret.Name, b.policy).Error)
	issued := facts.SecretFact{Key: true, Issued: "a, issued by root demo"}
	expect(issued, 1)
	expect(issued, 0)
	b.clock.Step(kits.Fresh + time.Second)
	expect(issued, 1)
	plain.Data = map[string][]byte{"password": []byte("x")}
	require.NoError(t, b.reader.Update(t.Context(), plain))
	b.clock.Step(kits.Fresh + time.Second)
	expect(facts.SecretFact{}, 1)
	require.NoError(t, b.reader.Delete(t.Context(), plain))
	b.clock.Step(kits.Fresh + time.Second)
	expect(facts.SecretFact{Error: "the Secret does not exist", Absent: true}, 1)
	b.reader.away = true
	fact := b.Secret(t.Context(), "ns", "plain", b.policy)
	require.Contains(t, fact.Error, "connection reset")
	require.False(t, fact.Absent)
}
