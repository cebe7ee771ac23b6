package kit_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func TestInspect(t *testing.T) {
	fed, fed27 := newFederation(t), newFederation(t, kittest.WithFamily(nvflare.Family27))
	for name, k := range map[string]*kittest.Kit{
		"server":    fed.Server("server1", "lab", "server1.fl-server.svc", "10.0.0.7"),
		"client":    fed.Client("Site_2", "hospital_b"),
		"client-27": fed27.Client("site-1", "hospital_a"),
		"admin":     fed.Admin("lead@hospital-a.org", "hospital_a", "lead"),
		"no-org":    fed.Client("site-1", ""),
	} {
		t.Run(name, func(t *testing.T) {
			dir := k.WriteDir(t)
			got := run(today, "inspect", dir)
			require.NoError(t, got.err)
			assert.Empty(t, got.errOut)
			golden(t, "inspect-"+name+".txt", got.out)
		})
	}
}

func TestInspectFormats(t *testing.T) {
	made := newFederation(t).Client("Site_2", "hospital_b")
	dir := made.WriteDir(t)
	asJSON, asYAML := run(today, "inspect", dir, "-o", "json"), run(today, "inspect", dir, "-o", "yaml")
	require.NoError(t, asJSON.err)
	require.NoError(t, asYAML.err)
	golden(t, "inspect-client.json", asJSON.out)

	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	require.NoError(t, err)
	assert.JSONEq(t, asJSON.out, string(converted), "one schema")

	var view kitcmd.StartupKit
	decoder := json.NewDecoder(strings.NewReader(asJSON.out))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&view))
	read := made.Read()
	assert.Equal(t, "kubectl-flare.dev/v1alpha1", view.APIVersion)
	assert.Equal(t, "StartupKit", view.Kind)
	assert.Equal(t, read.Digest(), view.Digest)
	assert.Equal(t, kit.SecretName(read), view.Objects.Secret)
	assert.Equal(t, kit.ConfigMapName(read), view.Objects.ConfigMap)
	assert.Equal(t, pki.Fingerprint(read.Root), view.Root.Fingerprint)
}

func TestInspectWarns(t *testing.T) {
	fed := newFederation(t)
	dir := fed.Client("site-1", "a").WriteDir(t)
	end := issued.Add(kittest.Validity)
	for _, tt := range []struct {
		name       string
		now        time.Time
		days       int
		text, warn string
	}{
		{"long before", end.AddDate(0, 0, -40), 40, "(40 days left)", ""},
		{"soon", end.AddDate(0, 0, -12), 12, "(12 days left)", "Warning: startup/client.crt: the certificate expires on 2027-02-24T12:00:00Z, in 12 days; ask the project lead"},
		{"tomorrow", end.Add(-25 * time.Hour), 1, "(1 day left)", "in 1 day;"},
		{"today", end.Add(-time.Hour), 0, "(0 days left)", "in less than a day;"},
		{"an hour ago", end.Add(time.Hour), -1, "(EXPIRED)", "expired on 2027-02-24T12:00:00Z"},
		{"not yet", issued.Add(-time.Hour), 360, "(360 days left)", "check the clock, or wait"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := run(tt.now, "inspect", dir)
			require.NoError(t, got.err, "inspect verifies nothing")
			assert.Contains(t, got.out, tt.text)
			if tt.warn == "" {
				assert.Empty(t, got.errOut)
			}
			assert.Contains(t, got.errOut, tt.warn)

			var view kitcmd.StartupKit
			structured := run(tt.now, "inspect", dir, "-o", "json")
			require.NoError(t, json.Unmarshal([]byte(structured.out), &view))
			assert.Equal(t, tt.days, view.Certificate.DaysLeft)
			assert.Equal(t, tt.warn != "", len(view.Warnings) > 0)
			assert.Equal(t, got.errOut, structured.errOut, "warnings are seen in every format")
		})
	}
}

func TestInspectWarnsOfSizes(t *testing.T) {
	made := newFederation(t).Client("site-1", "a")
	made.With("startup/client_context.tenseal", make([]byte, 1<<20))
	made.With("local/a__resources.json", make([]byte, 1<<19)).With("local/b__resources.json", make([]byte, 1<<19+1))
	got := run(today, "inspect", made.WriteDir(t))
	require.NoError(t, got.err)
	assert.Contains(t, got.errOut, "a Secret can hold 1048576: put the kit on a volume")
	assert.Contains(t, got.errOut, "a ConfigMap can hold 1048576")
}

// TestInspectShowsNoKey looks for the key in every format.
func TestInspectShowsNoKey(t *testing.T) {
	made := newFederation(t).Client("site-1", "a")
	key := bytes.Split(made.File("startup/client.key"), []byte("\n"))[1]
	dir := made.WriteDir(t)
	for _, args := range [][]string{
		{"inspect", dir}, {"inspect", dir, "-o", "json"}, {"inspect", dir, "-o", "yaml"}, {"verify", dir}, {"verify", dir, "-o", "json"},
	} {
		got := run(today, args...)
		require.NoError(t, got.err)
		assert.NotContains(t, got.out+got.errOut, string(key[:20]))
		assert.NotContains(t, got.out+got.errOut, "PRIVATE KEY")
	}
}

func TestInspectDialsIPv6(t *testing.T) {
	made := newFederation(t, kittest.WithAddress("[fd00::1]", 8002)).Client("site-1", "a")
	got := run(today, "inspect", made.WriteDir(t))
	require.NoError(t, got.err)
	assert.Contains(t, got.out, "grpc://[fd00::1]:8002")
}

func TestStartupKitCopies(t *testing.T) {
	view := &kitcmd.StartupKit{Warnings: []string{"a"}, Startup: []kitcmd.File{{Name: "x"}}}
	copied := view.DeepCopyObject().(*kitcmd.StartupKit)
	assert.Equal(t, view, copied)
	copied.Warnings[0], copied.Startup[0].Name = "b", "y"
	assert.Equal(t, "a", view.Warnings[0])
	assert.Equal(t, "x", view.Startup[0].Name)

	report := &kitcmd.StartupKitReport{Findings: kit.Findings{{ID: "a"}}}
	other := report.DeepCopyObject().(*kitcmd.StartupKitReport)
	other.Findings[0].ID = "b"
	assert.Equal(t, "a", report.Findings[0].ID)
}
