package nvflare_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// TestReadRejectsConfiguration changes one field of a valid kit. A nil value removes the
// field.
func TestReadRejectsConfiguration(t *testing.T) {
	fed28 := kittest.NewFederation(t, "demo")
	fed27 := kittest.NewFederation(t, "demo", kittest.WithFamily(nvflare.Family27))
	client, client27 := fed28.Client("site-1", "a").FS(), fed27.Client("site-1", "a").FS()
	server, admin := fed28.Server("server1", "lab").FS(), fed28.Admin("a@b.org", "a", "lead").FS()

	for _, tt := range []struct {
		kit   fstest.MapFS
		file  string
		field string
		value any
		want  string
	}{
		{client, "fed_client.json", "servers", nil, "is missing"},
		{client, "fed_client.json", "servers", "one", "must be a list of one server"},
		{client, "fed_client.json", "servers", []any{}, "must be a list of one server"},
		{client, "fed_client.json", "servers", []any{1, 2}, "must be a list of one server"},
		{client, "fed_client.json", "servers[0].name", nil, "is missing"},
		{client, "fed_client.json", "servers[0].name", "\x1b[2J", `is "\x1b[2J", but must not have control characters`},
		{client, "fed_client.json", "servers[0].identity", nil, "is missing"},
		{client, "fed_client.json", "servers[0].service", "x", ""},
		{client, "fed_client.json", "servers[0].service.scheme", nil, "is missing"},
		{client, "fed_client.json", "servers[0].service.scheme", "uds", `is "uds", but must be grpc, http or tcp`},
		{client, "fed_client.json", "servers[0].service.target", nil, "is missing"},
		{client, "fed_client.json", "servers[0].service.target", 7, "must be a string"},
		{client, "fed_client.json", "servers[0].service.target", "", "must not be empty"},
		{client, "fed_client.json", "servers[0].service.target", "server1", `is "server1", which is not host:port`},
		{client, "fed_client.json", "servers[0].service.target", "server1:0", `has the port "0"`},
		{client, "fed_client.json", "servers[0].service.target", "server1:65536", `has the port "65536"`},
		{client, "fed_client.json", "servers[0].service.target", "server1:080", `has the port "080"`},
		{client, "fed_client.json", "servers[0].service.target", ":8002", `has the host ""`},
		{client, "fed_client.json", "servers[0].service.target", "a b:8002", `has the host "a b"`},
		{client, "fed_client.json", "servers[0].service.target", "a..b:8002", `has the host "a..b"`},
		{client, "fed_client.json", "servers[0].service.target", "a\n- b:8002", `is "a\n- b:8002", but must not have control characters`},
		{client, "fed_client.json", "servers[0].service.target", strings.Repeat("a", 64) + ":80", "which is not a host name"},
		{client, "fed_client.json", "client.fqsn", nil, "is missing"},
		{client, "fed_client.json", "client.connection_security", "MTLS", `is "MTLS", but must be mtls, tls or clear`},
		{admin, "fed_admin.json", "admin.connection_security", 1, "must be a string"},
		{client, "fed_client.json", "client.ssl_cert", nil, "is missing"},
		{client, "fed_client.json", "client.ssl_cert", "../../etc/passwd", "which is not a valid file name"},
		{client, "fed_client.json", "client.ssl_cert", "..", "which is not a valid file name"},
		{client, "fed_client.json", "client.ssl_root_cert", "/etc/root.pem", "which is not a valid file name"},
		{client, "fed_client.json", "client.ssl_private_key", true, "must be a string"},
		{client27, "fed_client.json", "overseer_agent.args.sp_end_point", nil, "is missing"},
		{client27, "fed_client.json", "overseer_agent.args.sp_end_point", "server1:8002", "which is not host:port"},
		{client27, "fed_client.json", "overseer_agent.args.sp_end_point", "server1:8002:x", "which is not host:port:admin-port"},
		{client27, "fed_client.json", "overseer_agent.args.sp_end_point", "8002", "which is not host:port:admin-port"},
		{server, "fed_server.json", "servers[0].name", "", "must not be empty"},
		{server, "fed_server.json", "servers[0].service.scheme", nil, "is missing"},
		{server, "fed_server.json", "servers[0].service.target", nil, "is missing"},
		{server, "fed_server.json", "servers[0].ssl_cert", nil, "is missing"},
		{admin, "fed_admin.json", "admin.scheme", "x", "but must be grpc, http or tcp"},
		{admin, "fed_admin.json", "admin.host", "", "must not be empty"},
		{admin, "fed_admin.json", "admin.host", "a:b", `has the host "a:b"`},
		{admin, "fed_admin.json", "admin.port", nil, "is missing"},
		{admin, "fed_admin.json", "admin.port", "8002", "must be a port number from 1 to 65535"},
		{admin, "fed_admin.json", "admin.port", 80.5, "must be a port number from 1 to 65535"},
		{admin, "fed_admin.json", "admin.project_name", nil, "is missing"},
		{admin, "fed_admin.json", "admin.username", nil, "is missing"},
		{admin, "fed_admin.json", "admin.server_identity", nil, "is missing"},
		{admin, "fed_admin.json", "admin.client_key", nil, "is missing"},
	} {
		t.Run(fmt.Sprintf("%s=%.20v", tt.field, tt.value), func(t *testing.T) {
			broken := copyFS(tt.kit)
			setField(t, broken["startup/"+tt.file], tt.field, tt.value)
			_, err := registry.ReadDir(broken)
			field := fieldError(t, err)
			assert.Equal(t, "startup/"+tt.file, field.File)
			assert.True(t, strings.HasPrefix(field.Field, tt.field), field.Field)
			assert.Contains(t, field.Problem, tt.want)
		})
	}
}

// TestReadRejectsContent replaces whole files of a valid kit.
func TestReadRejectsContent(t *testing.T) {
	fed := kittest.NewFederation(t, "demo")
	k := fed.Client("site-1", "a")
	good := k.FS()
	certificate, key := string(k.File("startup/client.crt")), string(k.File("startup/client.key"))
	root := string(k.File("startup/rootCA.pem"))
	noName := string(fed.Client("", "a").File("startup/client.crt"))
	oddName := string(fed.Client("a b", "a").File("startup/client.crt"))
	longName := string(fed.Client(strings.Repeat("a", 254), "a").File("startup/client.crt"))
	oddOrg := string(fed.Client("site-1", "a\x1b[2J").File("startup/client.crt"))
	oddRole := string(fed.Admin("site-1", "a", "a\x1b[2J").File("startup/client.crt"))
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)

	for _, tt := range []struct{ name, file, content, want string }{
		{"empty JSON", "fed_client.json", "", "is not valid JSON: it ends too early"},
		{"half JSON", "fed_client.json", `{"servers": [`, "is not valid JSON: it ends too early"},
		{"no JSON", "fed_client.json", "servers: []", "is not valid JSON: line 1: invalid character"},
		{"two JSON values", "fed_client.json", "{} {}", "it has text after the JSON value"},
		{"a key twice", "fed_client.json", `{"client": {}, "client": {}}`, `the key "client" twice`},
		{"deep JSON", "fed_client.json", deep, "it is nested deeper than 32 levels"},
		{"large JSON", "fed_client.json", `"` + strings.Repeat("a", 1<<20) + `"`, "is larger than 1024 KiB"},
		{"a list", "fed_client.json", "[]", "client.ssl_cert is missing"},
		{"another case", "fed_client.json", `{"Client": {"SSL_CERT": "client.crt"}}`, "client.ssl_cert is missing"},
		{"an empty certificate", "client.crt", "", "is not valid PEM"},
		{"no PEM", "client.crt", "certificate", "is not valid PEM"},
		{"a cut certificate", "client.crt", certificate[:300], "is not valid PEM"},
		{"a key for a certificate", "client.crt", key, `contains a PEM block "RSA PRIVATE KEY", but may contain only CERTIFICATE`},
		{"a key behind the certificate", "client.crt", certificate + key, `contains a PEM block "RSA PRIVATE KEY"`},
		{"a hidden second root", "rootCA.pem", root + strings.ReplaceAll(root, "CERTIFICATE", "TRUSTED CERTIFICATE"), "contains a PEM block"},
		{"a root that Go skips", "rootCA.pem", root + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "is not valid PEM"},
		{"two roots", "rootCA.pem", root + root, "contains 2 certificates"},
		{"garbage in a certificate", "client.crt", block("CERTIFICATE"), "contains a certificate that cannot be parsed"},
		{"a large certificate", "client.crt", certificate + strings.Repeat("#", 64<<10), "is larger than 64 KiB"},
		{"no name", "client.crt", noName, "subject CN is missing"},
		{"a blank in the name", "client.crt", oddName, `subject CN is "a b", but must not have spaces`},
		{"a long name", "client.crt", longName, "subject CN is longer than 253 characters"},
		{"an escape sequence in the organisation", "client.crt", oddOrg, `subject O is "a\x1b[2J", but must not have control characters`},
		{"an escape sequence in the role", "client.crt", oddRole, `subject unstructuredName is "a\x1b[2J"`},
		{"an empty key", "client.key", "", "is not a PEM file with one unencrypted private key"},
		{"two keys", "client.key", key + key, "is not a PEM file with one unencrypted private key"},
		{"a certificate for a key", "client.key", certificate, "with one unencrypted private key"},
		{"an encrypted key", "client.key", block("ENCRYPTED PRIVATE KEY"), "contains an encrypted private key"},
		{"garbage in PKCS#1", "client.key", block("RSA PRIVATE KEY"), "contains a private key that cannot be parsed"},
		{"garbage in PKCS#8", "client.key", block("PRIVATE KEY"), "contains a private key that cannot be parsed"},
		{"a large key", "client.key", key + strings.Repeat("#", 16<<10), "is too large for a private key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			broken := copyFS(good)
			broken["startup/"+tt.file].Data = []byte(tt.content)
			_, err := registry.ReadDir(broken)
			field := fieldError(t, err)
			assert.Equal(t, "startup/"+tt.file, field.File)
			assert.Contains(t, err.Error(), strings.TrimSpace(tt.want))
		})
	}
}

func TestReadNeedsItsFiles(t *testing.T) {
	good := kittest.NewFederation(t, "demo").Client("site-1", "a").FS()
	for file, want := range map[string]string{
		"fed_client.json": "startup contains no configuration file of NVIDIA FLARE (fed_server.json, fed_client.json, fed_admin.json",
		"client.crt":      "startup/client.crt is missing: client.ssl_cert of fed_client.json refers to it",
		"client.key":      "startup/client.key is missing: client.ssl_private_key of fed_client.json refers to it",
		"rootCA.pem":      "startup/rootCA.pem is missing: client.ssl_root_cert of fed_client.json refers to it",
	} {
		broken := copyFS(good)
		delete(broken, "startup/"+file)
		_, err := registry.ReadDir(broken)
		fieldError(t, err)
		assert.ErrorContains(t, err, want)
	}
}

func TestReadRejectsOtherRoles(t *testing.T) {
	good := kittest.NewFederation(t, "demo").Client("site-1", "a").FS()
	for file, want := range map[string]string{
		"fed_relay.json": "kits of relays are not supported",
		"privilege.yml":  "belongs to an overseer of NVFLARE 2.6 or older",
	} {
		other := copyFS(good)
		other["startup/"+file] = other["startup/fed_client.json"]
		delete(other, "startup/fed_client.json")
		_, err := registry.ReadDir(other)
		fieldError(t, err)
		require.ErrorContains(t, err, want)
	}
	both := copyFS(good)
	both["startup/fed_server.json"] = both["startup/fed_client.json"]
	_, err := registry.ReadDir(both)
	fieldError(t, err)
	assert.ErrorContains(t, err, "contains both fed_server.json and fed_client.json")
}

// TestErrorsKeepKeysSecret puts the private key into every file and looks for parts of it
// in the error.
func TestErrorsKeepKeysSecret(t *testing.T) {
	k := kittest.NewFederation(t, "demo", kittest.WithFamily(nvflare.Family27)).Client("site-1", "a")
	good, key := k.FS(), k.File("startup/client.key")
	for name := range good {
		broken := copyFS(good)
		broken[name].Data = key
		read, err := registry.ReadDir(broken)
		text := fmt.Sprintf("%v", err)
		if err == nil {
			text = fmt.Sprintf("%v %+v %#v", check(read), read.Startup, read.Startup)
		}
		assertNoKey(t, key, text)
	}
	broken := copyFS(good)
	broken["startup/client.key"].Data = key[:len(key)-100]
	_, err := registry.ReadDir(broken)
	assertNoKey(t, key, err.Error())
}

// assertNoKey looks for every run of 12 characters of the key's body.
func assertNoKey(t *testing.T, key []byte, text string) {
	t.Helper()
	body := strings.Join(strings.Split(string(key), "\n")[1:], "")
	body = strings.Split(body, "-----")[0]
	for i := range len(body) - 12 {
		require.NotContains(t, text, body[i:i+12])
	}
}

func block(kind string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("garbage")}))
}

// setField changes one field of a JSON file, by its path in dots.
func setField(t *testing.T, file *fstest.MapFile, field string, value any) {
	t.Helper()
	var root map[string]any
	require.NoError(t, json.Unmarshal(file.Data, &root))
	steps := strings.Split(field, ".")
	at := root
	for _, step := range steps[:len(steps)-1] {
		if name, indexed := strings.CutSuffix(step, "[0]"); indexed {
			at = at[name].([]any)[0].(map[string]any)
		} else {
			at = at[step].(map[string]any)
		}
	}
	last := steps[len(steps)-1]
	if at[last] = value; value == nil {
		delete(at, last)
	}
	var err error
	file.Data, err = json.Marshal(root)
	require.NoError(t, err)
}
