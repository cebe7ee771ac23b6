package pki_test

import (
	"crypto/x509"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// An intermediate counts once, however often it is there, and only if the root made it: the
// work for a Secret does not grow with the square of what its author writes.
func TestIntermediates(t *testing.T) {
	root, other := newIssuer(t, "root"), newIssuer(t, "root")
	between, forged := intermediate(t, root), intermediate(t, other)
	ours, others := leaf(t, between), leaf(t, forged)
	all := slices.Concat(slices.Repeat([]*x509.Certificate{between.Certificate, forged.Certificate, ours}, 50), []*x509.Certificate{root.Certificate})
	found := pki.Intermediates(all, root.Certificate)
	require.Equal(t, []*x509.Certificate{between.Certificate}, found)

	require.True(t, pki.IssuedBy(ours, root.Certificate, found))
	require.True(t, pki.IssuedBy(between.Certificate, root.Certificate, nil))
	require.False(t, pki.IssuedBy(ours, root.Certificate, nil), "without the intermediate")
	require.False(t, pki.IssuedBy(others, root.Certificate, found), "of a forged intermediate")
	require.False(t, pki.IssuedBy(root.Certificate, root.Certificate, found), "the root itself")
}
