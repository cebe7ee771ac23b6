package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSignAndVerify(t *testing.T) {
	key := newKey(t)
	data, err := Sign(statement(), key)
	require.NoError(t, err)
	envelope, err := ParseEnvelope(data)
	require.NoError(t, err)
	got, err := envelope.Verify(&key.PublicKey)
	require.NoError(t, err)
	assert.Equal(t, statement(), got)

	_, err = envelope.Verify(&newKey(t).PublicKey)
	require.ErrorIs(t, err, ErrSignature)
	envelope.payload[10] ^= 1
	_, err = envelope.Verify(&key.PublicKey)
	require.ErrorIs(t, err, ErrSignature)
	large, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, err = envelope.Verify(&large.PublicKey)
	require.ErrorIs(t, err, ErrSignature)
	_, err = Sign(statement(), large)
	assert.ErrorContains(t, err, "not an ECDSA key on P-256")
}

// The signature covers the payload, so the spaces of the envelope do not matter.
func TestSpacingDoesNotMatter(t *testing.T) {
	key := newKey(t)
	data, err := Sign(statement(), key)
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, data))
	envelope, err := ParseEnvelope(compact.Bytes())
	require.NoError(t, err)
	_, err = envelope.Verify(&key.PublicKey)
	assert.NoError(t, err)
}

func TestParseEnvelopeRefuses(t *testing.T) {
	for want, data := range map[string]string{
		"it ends too early":                      "",
		"not a DSSE envelope":                    `[]`,
		"payload is missing":                     `{"payloadType": "application/vnd.in-toto+json", "signatures": []}`,
		"payloadType or payload":                 `{"PayloadType": "application/vnd.in-toto+json", "Payload": "", "Signatures": []}`,
		`its payloadType is "x"`:                 `{"payloadType": "x", "payload": "", "signatures": []}`,
		"it has 0 signatures":                    `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": []}`,
		"it has 2 signatures":                    `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"sig": "AA=="}, {"sig": "AA=="}]}`,
		"its signature has no sig":               `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"SIG": "AA=="}]}`,
		"its signature is not base64":            `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"sig": "?"}]}`,
		"its payload is not base64":              `{"payloadType": "application/vnd.in-toto+json", "payload": "?", "signatures": [{"sig": "AA=="}]}`,
		`it has the key "payload" twice`:         `{"payload": "", "payload": ""}`,
		"it has text after":                      `{} {}`,
		"it is larger than 256 KiB":              strings.Repeat(" ", MaxEnvelope+1),
		"nested deeper than 32 levels":           strings.Repeat("[", 40),
		"it is not valid JSON: line 1: invalid ": `{"a": nope}`,
	} {
		_, err := ParseEnvelope([]byte(data))
		assert.ErrorContains(t, err, want)
	}
}
