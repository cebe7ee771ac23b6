package kitfact_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestKeyMaterial(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	client, other := f.Client("site-1", "hospital_a"), kittest.NewFederation(t, "other").Client("site-1", "hospital_a")
	pinned := []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}
	crt, key, root := client.File("startup/client.crt"), client.File("startup/client.key"), client.File("startup/rootCA.pem")
	otherCrt, otherKey := other.File("startup/client.crt"), other.File("startup/client.key")
	encrypted := []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMA==\n-----END ENCRYPTED PRIVATE KEY-----\n")
	known := kitfact.Roots{pki.Fingerprint(f.Root): f.Root}
	issued := "a, issued by root demo"
	blocks, keys := map[string][]byte{}, map[string][]byte{}
	for i := range 30 {
		name := strings.Repeat("x", i+1)
		blocks[name], keys[name] = []byte(strings.Repeat("-----BEGIN x-----\n", 20)), otherKey
	}
	for name, tc := range map[string]struct {
		known kitfact.Roots
		data  map[string][]byte
		want  facts.SecretFact
	}{
		"nothing":                  {known, nil, facts.SecretFact{}},
		"text":                     {known, map[string][]byte{"a": []byte("-----BEGIN nothing")}, facts.SecretFact{}},
		"all":                      {nil, map[string][]byte{"a": crt, "b": key, "c": root}, facts.SecretFact{Issued: issued, Key: true}},
		"in one file":              {nil, map[string][]byte{"a": bytes.Join([][]byte{[]byte("notes\n"), root, key, crt}, nil)}, facts.SecretFact{Issued: issued, Key: true}},
		"a root that was seen":     {known, map[string][]byte{"a": crt, "b": key}, facts.SecretFact{Issued: issued, Key: true}},
		"a root that was not seen": {nil, map[string][]byte{"a": crt, "b": key}, facts.SecretFact{Key: true}},
		"an encrypted key":         {known, map[string][]byte{"a": crt, "b": encrypted}, facts.SecretFact{Issued: issued, Key: true}},
		"certificates alone":       {known, map[string][]byte{"a": crt, "b": root}, facts.SecretFact{Issued: issued}},
		"the root alone":           {known, map[string][]byte{"a": root, "b": otherKey}, facts.SecretFact{Key: true}},
		"another federation":       {known, map[string][]byte{"a": otherCrt, "b": otherKey, "c": other.File("startup/rootCA.pem")}, facts.SecretFact{Key: true}},
		"many blocks":              {known, map[string][]byte{"a": []byte(strings.Repeat("-----BEGIN x-----\n", 500))}, facts.SecretFact{TooMany: true}},
		"many blocks in all":       {known, blocks, facts.SecretFact{TooMany: true}},
		"many keys in all":         {known, keys, facts.SecretFact{Key: true, TooMany: true}},
		"many keys":                {known, map[string][]byte{"a": bytes.Repeat(encrypted, 30)}, facts.SecretFact{Key: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got, seen := kitfact.KeyMaterial(&corev1.Secret{Data: tc.data}, pinned, tc.known)
			require.Equal(t, tc.want, got)
			for fingerprint := range seen {
				require.Equal(t, pinned[0].SHA256, fingerprint, "only pinned roots are remembered")
			}
		})
	}
	require.Len(t, kitfact.RootsIn(&corev1.Secret{Data: map[string][]byte{"x": root, "y": crt}}, pinned), 1)
	require.Empty(t, kitfact.RootsIn(&corev1.Secret{Data: map[string][]byte{"x": otherCrt}}, pinned))
}
