package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"maps"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
	assert.ErrorIs(t, err, ErrSignature)
	envelope.payload[10] ^= 1
	_, err = envelope.Verify(&key.PublicKey)
	assert.ErrorIs(t, err, ErrSignature)
	large, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, err = envelope.Verify(&large.PublicKey)
	assert.ErrorIs(t, err, ErrSignature)
	_, err = Sign(statement(), large)
	assert.ErrorContains(t, err, "not an ECDSA key on P-256")
}

// TestSpacingDoesNotMatter: the signature is over the payload.
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
		"it ends too early":             "",
		"not a DSSE envelope":           `[]`,
		"payload is missing":            `{"payloadType": "application/vnd.in-toto+json", "signatures": []}`,
		"payloadType or payload":        `{"PayloadType": "application/vnd.in-toto+json", "Payload": "", "Signatures": []}`,
		`its payloadType is "x"`:        `{"payloadType": "x", "payload": "", "signatures": []}`,
		"it has 0 signatures":           `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": []}`,
		"it has 2 signatures":           `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"sig": "AA=="}, {"sig": "AA=="}]}`,
		"its signature has no sig":      `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"SIG": "AA=="}]}`,
		"its signature is not base64":   `{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"sig": "?"}]}`,
		"its payload is not base64":     `{"payloadType": "application/vnd.in-toto+json", "payload": "?", "signatures": [{"sig": "AA=="}]}`,
		`"payload" stands in it twice`:  `{"payload": "", "payload": ""}`,
		"something follows":             `{} {}`,
		"it is larger than 256 KiB":     strings.Repeat(" ", MaxEnvelope+1),
		"nested deeper than 32 levels":  strings.Repeat("[", 40),
		"it is not good JSON: invalid ": `{"a": nope}`,
	} {
		_, err := ParseEnvelope([]byte(data))
		assert.ErrorContains(t, err, want)
	}
}

// TestDecodeRefuses changes one field of a good payload; nil takes it away.
func TestDecodeRefuses(t *testing.T) {
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
		{"subject", []any{}, "its statement names no file"},
		{"subject", []any{subject("", good)}, "a subject without a name"},
		{"subject", []any{subject("a", good), subject("a", good)}, `names the file "a" twice`},
		{"subject", []any{subject("a", strings.ToUpper(good))}, "no good sha256 digest"},
		{"subject", []any{map[string]any{"name": "a", "digest": map[string]any{"sha512": good}}}, "no good sha256 digest"},
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

func TestKeys(t *testing.T) {
	key := newKey(t)
	private, err := EncodeKey(key)
	require.NoError(t, err)
	got, err := ParseKey(private)
	require.NoError(t, err)
	assert.True(t, key.Equal(got))
	sec1, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	got, err = ParseKey(block("EC PRIVATE KEY", sec1))
	require.NoError(t, err)
	assert.True(t, key.Equal(got))
	public, err := EncodePublicKey(&key.PublicKey)
	require.NoError(t, err)
	gotPublic, err := ParsePublicKey(public)
	require.NoError(t, err)
	assert.True(t, key.PublicKey.Equal(gotPublic))
	assert.Len(t, KeyFingerprint(&key.PublicKey), 64)
	assert.Empty(t, KeyFingerprint("no key"))

	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	rsaPEM := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	_, err = ParseSigner(rsaPEM)
	assert.NoError(t, err, "a root's key")
	for _, tt := range []struct{ name, want, data string }{
		{"RSA", "not an ECDSA key on P-256", string(rsaPEM)},
		{"PKCS#8", "is encrypted, which is not supported", string(block("ENCRYPTED PRIVATE KEY", private))},
		{"cosign", "is encrypted, which is not supported", string(block("ENCRYPTED SIGSTORE PRIVATE KEY", private))},
		{"old openssl", "is encrypted, which is not supported", string(pem.EncodeToMemory(&pem.Block{
			Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: sec1}))},
		{"public", "one unencrypted private key", string(public)},
		{"two", "one unencrypted private key", string(private) + string(private)},
		{"none", "one unencrypted private key", ""},
		{"garbage", "one unencrypted private key", string(block("PRIVATE KEY", []byte("garbage")))},
		{"large", "one unencrypted private key", string(private) + strings.Repeat("#", maxPEM)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseKey([]byte(tt.data))
			assert.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), base64.StdEncoding.EncodeToString(sec1)[:20])
		})
	}
	for _, data := range [][]byte{nil, private, block("PUBLIC KEY", []byte("garbage")), append(public, public...)} {
		_, err := ParsePublicKey(data)
		assert.Error(t, err)
	}
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	_, err = ParsePublicKey(block("PUBLIC KEY", der))
	assert.ErrorContains(t, err, "not an ECDSA key on P-256")
}

func block(kind string, data []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})
}

// TestCheckCertificate changes one thing of a good sealing certificate.
func TestCheckCertificate(t *testing.T) {
	rootKey := newKey(t)
	root := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "demo"}, IsCA: true, BasicConstraintsValid: true}, nil, rootKey, rootKey)
	betweenKey := newKey(t)
	between := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "between"}, IsCA: true, BasicConstraintsValid: true}, root, betweenKey, rootKey)
	usage := func(critical bool, oids ...asn1.ObjectIdentifier) []pkix.Extension {
		value, err := asn1.Marshal(oids)
		require.NoError(t, err)
		return []pkix.Extension{{Id: extendedKeyUsage(), Critical: critical, Value: value}}
	}
	anyUsage, clientAuth := asn1.ObjectIdentifier{2, 5, 29, 37, 0}, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	unknown := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	for _, tt := range []struct {
		name, want string
		change     func(*x509.Certificate)
	}{
		{"good", "", func(*x509.Certificate) {}},
		{"a participant's", "is missing", func(c *x509.Certificate) { *c = x509.Certificate{Subject: c.Subject} }},
		{"any usage", "is missing", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, anyUsage) }},
		{"another usage", "is missing", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, clientAuth) }},
		{"two usages", "is not the only one", func(c *x509.Certificate) { c.ExtraExtensions = usage(true, Usage(), clientAuth) }},
		{"not critical", "is not critical", func(c *x509.Certificate) { c.ExtraExtensions = usage(false, Usage()) }},
		{"an authority", "not marked as CA:FALSE", func(c *x509.Certificate) { c.IsCA = true }},
		{"no constraints", "not marked as CA:FALSE", func(c *x509.Certificate) { c.BasicConstraintsValid = false }},
		{"another key usage", "digitalSignature alone", func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageKeyEncipherment }},
		{"no key usage", "digitalSignature alone", func(c *x509.Certificate) { c.KeyUsage = 0 }},
		{"a critical extension", "not known here", func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, unknown) }},
		{"no name", "no CN", func(c *x509.Certificate) { c.Subject = pkix.Name{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &x509.Certificate{
				Subject: pkix.Name{CommonName: "release"}, BasicConstraintsValid: true,
				KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: usage(true, Usage()),
			}
			tt.change(c)
			err := CheckCertificate(issue(t, c, root, newKey(t), rootKey), root)
			if tt.want == "" {
				assert.NoError(t, err)
				assert.ErrorContains(t, CheckCertificate(issue(t, c, between, newKey(t), betweenKey), root), "did not issue it itself")
				assert.ErrorContains(t, CheckCertificate(issue(t, c, root, newKey(t), betweenKey), root), "did not issue it itself")
			} else {
				assert.ErrorContains(t, err, tt.want)
			}
		})
	}
}

func TestNewCertificate(t *testing.T) {
	rootKey, key := newKey(t), newKey(t)
	root := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "demo"}, IsCA: true, BasicConstraintsValid: true}, nil, rootKey, rootKey)
	data, err := NewCertificate("release", &key.PublicKey, root, rootKey, sealed, sealed.AddDate(1, 0, 0))
	require.NoError(t, err)
	c, err := ParseCertificate(data)
	require.NoError(t, err)
	assert.Equal(t, "release", c.Subject.CommonName)
	_, err = NewCertificate("release", &key.PublicKey, root, key, sealed, sealed.AddDate(1, 0, 0))
	assert.ErrorContains(t, err, "the root's key does not fit its certificate")
	_, err = ParseCertificate(append(data, data...))
	assert.Error(t, err)
	_, err = ParseCertificate(block("CERTIFICATE", []byte("garbage")))
	assert.ErrorContains(t, err, "it cannot be read")
}

func issue(t *testing.T, c, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) *x509.Certificate {
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(7), sealed, sealed.AddDate(1, 0, 0)
	if parent == nil {
		parent = c
	} else {
		// CreateCertificate looks whether the key fits the parent; a forger would not.
		forged := *parent
		forged.PublicKey = &parentKey.PublicKey
		parent = &forged
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return made
}

// FuzzEnvelope looks for an envelope that passes without the key, and for a
// panic.
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
