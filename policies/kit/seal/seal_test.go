package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

var sealed = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func statement() *Statement {
	return &Statement{
		Files:      map[string]string{"start.sh": strings.Repeat("ab", 32), "client.crt": strings.Repeat("cd", 32)},
		Federation: "demo", Participant: "site-1", Role: "client", Org: "hospital_a",
		Framework: Framework{Name: "nvflare", Family: "2.8+", Version: "2.9.0"},
		Root:      strings.Repeat("ef", 32), NotBefore: sealed, NotAfter: sealed.AddDate(1, 0, 0), Serial: 1772366400, SealedBy: ByProject,
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func TestPayloadGolden(t *testing.T) {
	payload, err := statement().encode()
	require.NoError(t, err)
	again, err := statement().encode()
	require.NoError(t, err)
	assert.Equal(t, payload, again)
	var got bytes.Buffer
	require.NoError(t, json.Indent(&got, payload, "", "  "))
	got.WriteByte('\n')
	if *update {
		require.NoError(t, os.WriteFile("testdata/payload.json", got.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/payload.json")
	require.NoError(t, err, "run the test with -update")
	assert.Equal(t, string(want), got.String())
}

// TestDecodeRejects changes one field of a valid payload; nil removes it.
func TestDecodeRejects(t *testing.T) {
	subject := func(name, digest string) map[string]any {
		return map[string]any{"name": name, "digest": map[string]any{"sha256": digest}}
	}
	good := strings.Repeat("a", 64)
	for _, tt := range []struct {
		field string
		value any
		want  string
	}{
		{"_type", "https://in-toto.io/Statement/v0.1", "its statement is of the type"},
		{"predicateType", "https://slsa.dev/provenance/v1", "its predicate is of the type"},
		{"subject", []any{}, "its statement lists no file"},
		{"subject", []any{subject("", good)}, "a subject without a name"},
		{"subject", []any{subject("a", good), subject("a", good)}, `lists the file "a" twice`},
		{"subject", []any{subject("a", strings.ToUpper(good))}, "no valid sha256 digest"},
		{"subject", []any{map[string]any{"name": "a", "digest": map[string]any{"sha512": good}}}, "no valid sha256 digest"},
		{"subject", "x", "not an in-toto Statement"},
		{"predicate", nil, "predicate.federation must be a string"},
		{"predicate.federation", nil, "predicate.federation must be a string"},
		{"predicate.participant", "", "predicate.participant must not be empty"},
		{"predicate.role", 7, "predicate.role must be a string"},
		{"predicate.org", nil, "predicate.org must be a string"},
		{"predicate.framework", "x", "predicate.framework.name must be a string"},
		{"predicate.framework.version", "", "predicate.framework.version must not be empty"},
		{"predicate.root.sha256", "x", "predicate.root.sha256 is not a SHA-256 fingerprint"},
		{"predicate.notBefore", "yesterday", "predicate.notBefore is not a time"},
		{"predicate.notAfter", "2026-03-01T12:00:00Z", "predicate.notAfter is not later than notBefore"},
		{"predicate.serial", "1", "predicate.serial must be a whole number"},
		{"predicate.serial", 0, "predicate.serial must be a whole number"},
		{"predicate.serial", 1.5, "predicate.serial must be a whole number"},
		{"predicate.serial", 1e300, "predicate.serial must be a whole number"},
		{"predicate.sealedBy", "me", "predicate.sealedBy is \"me\""},
	} {
		t.Run(tt.field, func(t *testing.T) {
			payload, err := statement().encode()
			require.NoError(t, err)
			var root map[string]any
			require.NoError(t, json.Unmarshal(payload, &root))
			at, steps := root, strings.Split(tt.field, ".")
			for _, step := range steps[:len(steps)-1] {
				at = at[step].(map[string]any)
			}
			if at[steps[len(steps)-1]] = tt.value; tt.value == nil {
				delete(at, steps[len(steps)-1])
			}
			changed, err := json.Marshal(root)
			require.NoError(t, err)
			_, err = decode(changed)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	_, err := decode([]byte(`{"_type": "a", "_type": "b"}`))
	assert.ErrorContains(t, err, "not an in-toto Statement", "a field twice")
}

func TestDecodeIgnoresWhatItDoesNotKnow(t *testing.T) {
	payload, err := statement().encode()
	require.NoError(t, err)
	payload = bytes.Replace(payload, []byte(`{"_type"`), []byte(`{"later":1,"_type"`), 1)
	payload = bytes.Replace(payload, []byte(`"federation"`), []byte(`"later":{},"federation"`), 1)
	got, err := decode(payload)
	require.NoError(t, err)
	assert.Equal(t, statement(), got)
}

// FuzzEnvelope looks for an envelope that is accepted without the key, and for a panic.
func FuzzEnvelope(f *testing.F) {
	key := newKey(f)
	good, err := Sign(statement(), key)
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte(`{"payloadType": "application/vnd.in-toto+json", "payload": "e30=", "signatures": [{"keyid": "", "sig": "AA=="}]}`))
	f.Add([]byte(`{"payloadType": "x", "payload": "", "signatures": [{}, {}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		envelope, err := ParseEnvelope(data)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		if _, err := envelope.Unverified(); err != nil {
			require.NotContains(t, err.Error(), "\x1b")
		}
		if got, err := envelope.Verify(&key.PublicKey); err == nil {
			require.True(t, maps.Equal(statement().Files, got.Files), "a forged statement passed")
		}
	})
}
