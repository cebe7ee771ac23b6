package nvflare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// A client below a relay dials the relay, which only a fragment of its settings names.
func TestRelay(t *testing.T) {
	const config = `{"relay_config": {"scheme": "tcp", "identity": "R1", "address": "relay1.example.org:18004", "fqcn": "R1"}}`
	fed := kittest.NewFederation(t, "tree", kittest.WithAddress("hub.example.org", 8002))
	for _, file := range []string{"local/relay__resources.json", "startup/relay__p_resources.json"} {
		k := fed.Client("c1", "lab").With(file, []byte(config)).Read()
		assert.Equal(t, &kit.Endpoint{Scheme: "tcp", Host: "relay1.example.org", Port: 18004, ServerName: "R1"}, k.Relay, file)
		assert.Equal(t, "tcp://relay1.example.org:18004", k.Dials().URL(), file)
		assert.Equal(t, "hub.example.org", k.Server.Host, file)
	}
	k := fed.Client("c1", "lab").With("local/resources.json.default", []byte(config)).Read()
	assert.NotNil(t, k.Relay, "the default counts")
	k = fed.Client("c1", "lab").With("local/resources.json.default", []byte(config)).With("local/resources.json", []byte("{}")).Read()
	assert.Nil(t, k.Relay, "it takes the place of its default")
	k = fed.Client("c1", "lab").With("local/relay__j_resources.json", []byte(config)).Read()
	assert.Nil(t, k.Relay, "the file is for jobs")
	k = fed.Client("c1", "lab").With("local/notes.json", []byte(config)).Read()
	assert.Nil(t, k.Relay, "NVFLARE does not read the file")
	assert.Equal(t, "grpc://hub.example.org:8002", k.Dials().URL())

	for old, value := range map[string]string{
		"relay1.example.org:18004": "relay1", `"tcp"`: `"uds"`, `"identity": "R1"`: `"identity": 1`,
	} {
		files := fed.Client("c1", "lab").With("local/relay__resources.json", []byte(strings.Replace(config, old, value, 1))).FS()
		_, err := registry.ReadDir(files)
		require.ErrorContains(t, err, "local/relay__resources.json: relay_config.", value)
	}
}

// The kits of `nvflare poc prepare` have the admin's name only in the certificate.
func TestAdminNamedByTheCertificate(t *testing.T) {
	fed := kittest.NewFederation(t, "example_project")
	admin := fed.Admin("admin@nvidia.com", "nvidia", "project_admin")
	unnamed := strings.Replace(string(admin.File("startup/fed_admin.json")), `"admin@nvidia.com"`, `""`, 1)
	byCertificate := strings.Replace(unnamed, `"user_input"`, `"cert"`, 1)
	k := admin.With("startup/fed_admin.json", []byte(byCertificate)).Read()
	assert.Equal(t, "admin@nvidia.com", k.Participant)
	findings := nvflare.Framework{}.Check(k, func(string) bool { return false })
	assert.Empty(t, findings.With(kit.StatusFail))

	_, err := registry.ReadDir(admin.With("startup/fed_admin.json", []byte(unnamed)).FS())
	require.ErrorContains(t, err, "admin.username must not be empty", "the person would be asked for a name")
}

// A project's builder may add settings to startup/: a seal vouches for the file, and without
// one it is a warning.
func TestFragmentsInStartup(t *testing.T) {
	fed := kittest.NewFederation(t, "demo")
	k := fed.Client("site-1", "a").With("startup/monitor__p_resources.json", []byte(`{"format_version": 2, "components": []}`)).Read()
	for _, vouched := range []bool{false, true} {
		findings := nvflare.Framework{}.Check(k, func(string) bool { return vouched })
		assert.Empty(t, findings.With(kit.StatusFail))
		var files []string
		for _, f := range findings.With(kit.StatusWarn) {
			files = append(files, f.File)
		}
		assert.Equal(t, !vouched, len(files) == 1 && files[0] == "startup/monitor__p_resources.json", files)
	}
}
