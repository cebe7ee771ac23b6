package kit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func TestVerify(t *testing.T) {
	fed := newFederation(t)
	fed27 := newFederation(t, kittest.WithFamily(nvflare.Family27))
	trust := func(f *kittest.Federation) string { return "--root-fingerprint=" + pki.Fingerprint(f.Root) }
	for _, tt := range []struct {
		name  string
		kit   *kittest.Kit
		args  []string
		fails string
	}{
		{"valid", fed.Client("site-1", "hospital_a"), []string{trust(fed)}, ""},
		{"server", fed.Server("server1", "lab", "server1.fl-server.svc"), []string{trust(fed)}, ""},
		{"admin", fed.Admin("lead@hospital-a.org", "hospital_a", "lead"), []string{trust(fed)}, ""},
		{"signed", fed27.Client("site-1", "hospital_a"), []string{trust(fed27)}, ""},
		{"unpinned", fed.Client("site-1", "hospital_a"), nil, ""},
		{"impostor", newFederation(t).Client("site-1", "hospital_a"), []string{trust(fed)}, "1 finding"},
		{"tampered", fed27.Client("site-1", "hospital_a").With("startup/start.sh", []byte("x")).With("startup/evil.json", nil), []string{trust(fed27)}, "3 findings"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.kit.WriteDir(t)
			got := run(today, append([]string{"verify", dir}, tt.args...)...)
			golden(t, "verify-"+tt.name+".txt", got.out)
			assert.Empty(t, got.errOut)
			if tt.fails == "" {
				assert.NoError(t, got.err)
			} else {
				assert.EqualError(t, got.err, "the kit in "+dir+" must not be used: its verification failed with "+tt.fails)
			}
		})
	}
}

func TestVerifyFormats(t *testing.T) {
	fed := newFederation(t)
	dir := fed.Client("site-1", "hospital_a").With("startup/evil.json", nil).WriteDir(t)
	asJSON, asYAML := run(today, "verify", dir, "-o", "json"), run(today, "verify", dir, "-o", "yaml")
	require.ErrorContains(t, asJSON.err, "its verification failed with 1 finding", "the report comes, and then the failure")
	require.Error(t, asYAML.err)
	golden(t, "verify-failed.json", asJSON.out)

	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	require.NoError(t, err)
	assert.JSONEq(t, asJSON.out, string(converted), "one schema")

	var report kitcmd.StartupKitReport
	decoder := json.NewDecoder(strings.NewReader(asJSON.out))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&report))
	assert.Equal(t, "StartupKitReport", report.Kind)
	assert.False(t, report.Passed)
	assert.Equal(t, kitcmd.Summary{Pass: 14, Warn: 1, Fail: 1}, report.Summary)
	assert.Len(t, report.Findings, 16)
}

func TestVerifyTakesFingerprintsAsTheyCome(t *testing.T) {
	fed := newFederation(t)
	dir := fed.Client("site-1", "hospital_a").WriteDir(t)
	digits := pki.Fingerprint(fed.Root)
	var pairs []string
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, strings.ToUpper(digits[i:i+2]))
	}
	for _, text := range []string{digits, "sha256:" + digits, strings.Join(pairs, ":"), "SHA256 Fingerprint=" + strings.Join(pairs, ":")} {
		got := run(today, "verify", dir, "--root-fingerprint", text)
		require.NoError(t, got.err, text)
		assert.Contains(t, got.out, "16 passed, 0 warnings, 0 failed")
	}
	got := run(today, "verify", dir, "--root-fingerprint", "5F:0C")
	require.ErrorContains(t, got.err, `--root-fingerprint: "5F:0C" is not a SHA-256 fingerprint: it has 4 digits`)
	assert.Empty(t, got.out)
}
