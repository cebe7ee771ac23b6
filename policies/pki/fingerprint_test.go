package pki_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func TestFingerprint(t *testing.T) {
	root, other := newIssuer(t, "demo"), newIssuer(t, "demo")
	got := pki.Fingerprint(root.Certificate)
	assert.Regexp(t, `^[0-9a-f]{64}$`, got)
	assert.NotEqual(t, got, pki.Fingerprint(other.Certificate))
	assert.NotEqual(t, got, pki.KeyFingerprint(root.Key.Public()))
}

func TestSerials(t *testing.T) {
	for text, want := range map[string]string{
		"0A:bC": "abc", "abc": "abc", "0x0abc": "abc", " 00ABC\n": "abc", "0": "0", "00": "0", "-1": "", "": "", "0x": "", "g": "", "1 2": "",
	} {
		got, err := pki.ParseSerial(text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, want == "", err != nil, text)
	}
	root := newIssuer(t, "demo")
	got, err := pki.ParseSerial(strings.ToUpper(pki.Serial(root.Certificate)))
	require.NoError(t, err)
	assert.Equal(t, pki.Serial(root.Certificate), got)
}

func TestParseFingerprint(t *testing.T) {
	digits := strings.Repeat("0a", 31) + "ff"
	colons := strings.ToUpper(strings.Repeat("0a:", 31) + "ff")
	for _, text := range []string{
		digits, strings.ToUpper(digits), "sha256:" + digits, "SHA256:" + digits, colons, "sha256:" + colons,
		"SHA256 Fingerprint=" + colons, "sha256 Fingerprint=" + colons + "\n", "  " + digits + " ",
	} {
		got, err := pki.ParseFingerprint(text)
		require.NoError(t, err, text)
		assert.Equal(t, digits, got, text)
	}
	for text, want := range map[string]string{
		"":                          `"" is not a SHA-256 fingerprint: it is empty`,
		"sha256:":                   "it is empty",
		digits[:40]:                 "it has 40 digits, like a SHA-1 fingerprint",
		digits[:32]:                 "it has 32 digits, like an MD5 fingerprint",
		digits + "0":                "it has 65 digits",
		digits[:63] + "g":           "it has characters other than hexadecimal digits",
		"sha512:" + digits:          "it must have colons after every second digit",
		"sha1:" + digits:            "it must have colons after every second digit",
		"0a0a:" + digits[4:]:        "it must have colons after every second digit",
		colons + ":":                "it must have colons after every second digit",
		digits[:30] + " " + digits:  "it has characters other than hexadecimal digits",
		"-----BEGIN CERTIFICATE---": "it has characters other than hexadecimal digits",
	} {
		_, err := pki.ParseFingerprint(text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "openssl x509", text)
	}
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0a", 32))
	f.Add(strings.Repeat("AA:", 31) + "BB")
	f.Add("SHA256 Fingerprint=" + strings.Repeat("ff", 32))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := pki.ParseFingerprint(text)
		if err != nil {
			require.Empty(t, got)
			return
		}
		require.Regexp(t, `^[0-9a-f]{64}$`, got)
		again, err := pki.ParseFingerprint(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
