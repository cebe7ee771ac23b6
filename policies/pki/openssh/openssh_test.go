package openssh_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	return key
}

func TestKeys(t *testing.T) {
	key := newKey(t)
	private, err := openssh.EncodePrivateKey(key)
	require.NoError(t, err)
	got, err := openssh.ParsePrivateKey(private)
	require.NoError(t, err)
	assert.True(t, pki.Equal(key.Public(), got.Public()))
	public, err := openssh.EncodePublicKey(key.Public())
	require.NoError(t, err)
	assert.Regexp(t, `^ecdsa-sha2-nistp384 [A-Za-z0-9+/=]+$`, public)
	for _, line := range []string{public, public + "\n", " " + public + " site-1@lab\n"} {
		got, err := openssh.ParsePublicKey([]byte(line))
		require.NoError(t, err, line)
		assert.True(t, pki.Equal(key.Public(), got))
	}
	_, err = openssh.EncodePrivateKey(nil)
	require.Error(t, err)
	_, err = openssh.EncodePublicKey("no key")
	require.Error(t, err)
}

func TestParsePrivateKeyRejects(t *testing.T) {
	private, err := openssh.EncodePrivateKey(newKey(t))
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(newKey(t), "", []byte("secret"))
	require.NoError(t, err)
	pkcs8, err := pki.EncodeKey(newKey(t))
	require.NoError(t, err)
	for data, want := range map[string]string{
		"":                                 "one private key in OpenSSH's form",
		string(pkcs8):                      "one private key in OpenSSH's form",
		string(private) + string(private):  "one private key in OpenSSH's form",
		string(private) + "-----BEGIN X":   "one private key in OpenSSH's form",
		strings.Repeat("#", 1<<20):         "one private key in OpenSSH's form",
		string(pem.EncodeToMemory(block)):  "ssh-keygen -p",
		string(garbage("no key at all")):   "cannot be parsed",
		string(garbage("openssh-key-v1x")): "cannot be parsed",
	} {
		_, err := openssh.ParsePrivateKey([]byte(data))
		require.ErrorContains(t, err, want)
	}
}

func garbage(text string) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: []byte(text)})
}

func TestParsePublicKeyRejects(t *testing.T) {
	public, err := openssh.EncodePublicKey(newKey(t).Public())
	require.NoError(t, err)
	for _, data := range []string{
		"", "x", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384 AAAA", public + "\n" + public, `command="x" ` + public,
		"ssh-rsa" + strings.TrimPrefix(public, "ecdsa-sha2-nistp384"), strings.Repeat("x", 1<<20), public[:60],
	} {
		_, err := openssh.ParsePublicKey([]byte(data))
		require.EqualError(t, err, `is not one public key in OpenSSH's form, such as "ecdsa-sha2-nistp384 KEY"`, "%.80q", data)
	}
}

// FuzzParse requires that what is read is the same after it is written.
func FuzzParse(f *testing.F) {
	key := newKey(f)
	private, err := openssh.EncodePrivateKey(key)
	require.NoError(f, err)
	public, err := openssh.EncodePublicKey(key.Public())
	require.NoError(f, err)
	f.Add(private, []byte(public))
	f.Fuzz(func(t *testing.T, private, public []byte) {
		if key, err := openssh.ParsePrivateKey(private); err == nil {
			written, err := openssh.EncodePrivateKey(key)
			require.NoError(t, err)
			again, err := openssh.ParsePrivateKey(written)
			require.NoError(t, err)
			require.True(t, pki.Equal(key.Public(), again.Public()))
		}
		if key, err := openssh.ParsePublicKey(public); err == nil {
			written, err := openssh.EncodePublicKey(key)
			require.NoError(t, err)
			again, err := openssh.ParsePublicKey([]byte(written))
			require.NoError(t, err)
			require.True(t, pki.Equal(key, again))
		}
	})
}
