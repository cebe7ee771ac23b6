package pki_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func TestKeys(t *testing.T) {
	key := newKey(t)
	private, err := pki.EncodeKey(key)
	require.NoError(t, err)
	got, err := pki.ParseP256Key(private)
	require.NoError(t, err)
	assert.True(t, key.Equal(got))
	sec1, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	got, err = pki.ParseP256Key(block("EC PRIVATE KEY", sec1))
	require.NoError(t, err)
	assert.True(t, key.Equal(got))
	public, err := pki.EncodePublicKey(&key.PublicKey)
	require.NoError(t, err)
	gotPublic, err := pki.ParseP256PublicKey(public)
	require.NoError(t, err)
	assert.True(t, key.PublicKey.Equal(gotPublic))
	assert.Len(t, pki.KeyFingerprint(&key.PublicKey), 64)
	assert.Empty(t, pki.KeyFingerprint("no key"))

	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	rsaPEM := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	_, err = pki.ParseKey(rsaPEM)
	require.NoError(t, err, "a root's key")
	for _, tt := range []struct{ name, want, data string }{
		{"RSA", "not an ECDSA key on P-256", string(rsaPEM)},
		{"PKCS#8", "contains an encrypted private key, which is not supported", string(block("ENCRYPTED PRIVATE KEY", private))},
		{"cosign", "contains an encrypted private key, which is not supported", string(block("ENCRYPTED SIGSTORE PRIVATE KEY", private))},
		{"old openssl", "contains an encrypted private key, which is not supported", string(pem.EncodeToMemory(&pem.Block{
			Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: sec1}))},
		{"public", "one unencrypted private key", string(public)},
		{"two", "one unencrypted private key", string(private) + string(private)},
		{"none", "one unencrypted private key", ""},
		{"garbage", "contains a private key that cannot be parsed", string(block("PRIVATE KEY", []byte("garbage")))},
		{"large", "too large for a private key", string(private) + strings.Repeat("#", pki.MaxKey)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := pki.ParseP256Key([]byte(tt.data))
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), base64.StdEncoding.EncodeToString(sec1)[:20])
		})
	}
	for _, data := range [][]byte{nil, private, block("PUBLIC KEY", []byte("garbage")), append(public, public...), append(public, "-----BEGIN PUBLIC KEY-----"...)} {
		_, err := pki.ParseP256PublicKey(data)
		require.Error(t, err)
	}
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	_, err = pki.ParseP256PublicKey(block("PUBLIC KEY", der))
	assert.ErrorContains(t, err, "not an ECDSA key on P-256")
}

func block(kind string, data []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
