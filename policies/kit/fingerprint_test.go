package kit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestFingerprint(t *testing.T) {
	fed, other := kittest.NewFederation(t, "demo"), kittest.NewFederation(t, "demo")
	got := kit.Fingerprint(fed.Root)
	assert.Regexp(t, `^[0-9a-f]{64}$`, got)
	assert.Equal(t, got, kit.Fingerprint(fed.Client("site-1", "a").Read().Root))
	assert.NotEqual(t, got, kit.Fingerprint(other.Root))
}

func TestParseFingerprint(t *testing.T) {
	digits := strings.Repeat("0a", 31) + "ff"
	colons := strings.ToUpper(strings.Repeat("0a:", 31) + "ff")
	for _, text := range []string{
		digits, strings.ToUpper(digits), "sha256:" + digits, "SHA256:" + digits, colons, "sha256:" + colons,
		"SHA256 Fingerprint=" + colons, "sha256 Fingerprint=" + colons + "\n", "  " + digits + " ",
	} {
		got, err := kit.ParseFingerprint(text)
		require.NoError(t, err, text)
		assert.Equal(t, digits, got, text)
	}
	for text, want := range map[string]string{
		"":                          `"" is not a SHA-256 fingerprint: it is empty`,
		"sha256:":                   "it is empty",
		digits[:40]:                 "it has 40 digits, as SHA-1 has",
		digits[:32]:                 "it has 32 digits, as MD5 has",
		digits + "0":                "it has 65 digits",
		digits[:63] + "g":           "it has characters other than hexadecimal digits",
		"sha512:" + digits:          "its colons must stand after every second digit",
		"sha1:" + digits:            "its colons must stand after every second digit",
		"0a0a:" + digits[4:]:        "its colons must stand after every second digit",
		colons + ":":                "its colons must stand after every second digit",
		digits[:30] + " " + digits:  "it has characters other than hexadecimal digits",
		"-----BEGIN CERTIFICATE---": "it has characters other than hexadecimal digits",
	} {
		_, err := kit.ParseFingerprint(text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "openssl x509", text)
	}
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0a", 32))
	f.Add(strings.Repeat("AA:", 31) + "BB")
	f.Add("SHA256 Fingerprint=" + strings.Repeat("ff", 32))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := kit.ParseFingerprint(text)
		if err != nil {
			require.Empty(t, got)
			return
		}
		require.Regexp(t, `^[0-9a-f]{64}$`, got)
		again, err := kit.ParseFingerprint(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
