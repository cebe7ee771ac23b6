package flower_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/frameworkstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// changedKit is a kit of a federation with some files changed.
type changedKit struct {
	t     testing.TB
	fed   *flowertest.Federation
	files kit.Files
}

func newKit(t testing.TB, role kit.Role, name string) *changedKit {
	t.Helper()
	f := flowertest.New(t, flowertest.VersionHTTP, "site-1", "site-2")
	return &changedKit{t, f, slices.Clone(f.Kit(role, name).Startup)}
}

// set replaces or adds a file; nil removes it.
func (c *changedKit) set(name string, data []byte) {
	c.files = slices.DeleteFunc(c.files, func(f kit.File) bool { return f.Name == name })
	if data != nil {
		c.files = append(c.files, kit.File{Name: name, Data: data, Mode: 0o600})
	}
}

// edit replaces a text in a file.
func (c *changedKit) edit(name, from, to string) {
	data, _ := c.files.Get(name)
	require.Contains(c.t, string(data), from)
	c.set(name, []byte(strings.ReplaceAll(string(data), from, to)))
}

// take replaces a file by that of another participant.
func (c *changedKit) take(name string, role kit.Role, of string) {
	data, ok := c.fed.Kit(role, of).Startup.Get(name)
	require.True(c.t, ok)
	c.set(name, data)
}

// certificate replaces a certificate by a changed one for the same key.
func (c *changedKit) certificate(name string, change func(*x509.Certificate)) {
	data, _ := c.files.Get(name)
	old, err := pki.ParseCertificate(data)
	require.NoError(c.t, err)
	template := *old
	template.SerialNumber, template.RawSubject = nil, nil
	change(&template)
	made, err := c.fed.Root.Issue(&template, old.PublicKey)
	require.NoError(c.t, err)
	c.set(name, pki.EncodeCertificate(made))
}

func (c *changedKit) read() (*kit.Kit, error) {
	content, err := kit.NewContent(c.files, nil)
	require.NoError(c.t, err)
	return flower.Framework{}.Read(content)
}

// findings are those that have not passed, for someone who knows the root.
func (c *changedKit) findings() kit.Findings {
	k, err := c.read()
	require.NoError(c.t, err)
	registry, err := frameworks.NewRegistry(flower.Framework{})
	require.NoError(c.t, err)
	rules, err := acceptance.Pinned(registry, pki.Fingerprint(c.fed.Root.Certificate))
	require.NoError(c.t, err)
	_, all := acceptance.Accept(k, rules, time.Now())
	return slices.DeleteFunc(all, func(f kit.Finding) bool { return f.Status == kit.StatusPass || f.ID == acceptance.CheckSeal })
}

func TestCheck(t *testing.T) {
	const server, client, admin = flower.RoleServer, flower.RoleClient, flower.RoleAdmin
	for name, c := range map[string]struct {
		role   kit.Role
		change func(*changedKit)
		id     string
		status kit.Status
		text   string
	}{
		"another participant":  {client, func(c *changedKit) { c.edit(flower.ConfigFile, "site-1", "site-2") }, flower.CheckIdentity, kit.StatusFail, `the participant "site-1", but the kit for "site-2"`},
		"another organization": {client, func(c *changedKit) { c.edit(flower.ConfigFile, `"lab"`, `"b"`) }, flower.CheckIdentity, kit.StatusFail, `the organization "lab", but the kit for "b"`},
		"a SuperNode as a scientist": {admin, func(c *changedKit) {
			c.certificate(flower.ClientCertificateFile, func(t *x509.Certificate) { t.Subject.OrganizationalUnit = []string{"client"} })
		}, flower.CheckIdentity, kit.StatusFail, `the role "client", but the kit for "admin"`},
		"two roles": {admin, func(c *changedKit) {
			c.certificate(flower.ClientCertificateFile, func(t *x509.Certificate) { t.Subject.OrganizationalUnit = []string{"client", "admin"} })
		}, flower.CheckIdentity, kit.StatusFail, "exactly CN, O and OU"},
		"another public key":  {client, func(c *changedKit) { c.take(flower.NodePublicKeyFile, client, "site-2") }, flower.CheckIdentity, kit.StatusFail, "does not belong to startup/client.crt"},
		"another private key": {client, func(c *changedKit) { c.take(flower.NodeKeyFile, client, "site-2") }, acceptance.CheckKey, kit.StatusFail, "does not belong to startup/client.crt"},
		"a server's certificate of other tools": {server, func(c *changedKit) {
			c.certificate(flower.ServerCertificateFile, func(t *x509.Certificate) { t.Subject = pkix.Name{CommonName: "x"} })
		}, flower.CheckIdentity, kit.StatusWarn, "was not made for a kit"},
		"for clients": {server, func(c *changedKit) {
			c.certificate(flower.ServerCertificateFile, func(t *x509.Certificate) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
		}, flower.CheckUsage, kit.StatusFail, "not for servers"},
		"for anything": {server, func(c *changedKit) {
			c.certificate(flower.ServerCertificateFile, func(t *x509.Certificate) { t.ExtKeyUsage = nil })
		}, flower.CheckUsage, kit.StatusWarn, "could pass for the SuperLink"},
		"without the name that is dialled": {server, func(c *changedKit) {
			c.certificate(flower.ServerCertificateFile, func(t *x509.Certificate) { t.DNSNames = []string{"localhost", "superlink"} })
		}, flower.CheckServerNames, kit.StatusFail, "does not cover superlink.fl.svc"},
		"an unknown file":     {client, func(c *changedKit) { c.set("sitecustomize.py", []byte("x")) }, flower.CheckFiles, kit.StatusFail, "not a file of a Flower kit"},
		"without a proxy":     {server, func(c *changedKit) { c.set(flower.ProxyFile, nil) }, flower.CheckFiles, kit.StatusFail, "missing"},
		"an open proxy":       {server, func(c *changedKit) { c.edit(flower.ProxyFile, "ssl_verify_client on", "ssl_verify_client off") }, flower.CheckProxy, kit.StatusFail, "may let others reach the Control API"},
		"half a Runtime API":  {client, func(c *changedKit) { c.set(flower.RuntimeKeyFile, nil) }, flower.CheckRuntime, kit.StatusFail, "runtime.key is missing"},
		"another Runtime API": {client, func(c *changedKit) { c.take(flower.RuntimeCertificateFile, client, "site-2") }, flower.CheckRuntime, kit.StatusFail, "does not cover site-1"},
		"another Runtime key": {client, func(c *changedKit) { c.take(flower.RuntimeKeyFile, client, "site-2") }, flower.CheckRuntime, kit.StatusFail, "runtime.key does not belong"},
		"a Runtime API elsewhere": {client, func(c *changedKit) {
			other := newKit(c.t, client, "site-1")
			data, _ := other.files.Get(flower.RuntimeCertificateFile)
			c.set(flower.RuntimeCertificateFile, data)
		}, flower.CheckRuntime, kit.StatusFail, "the root does not vouch for it"},
		"a key that others can read": {client, func(c *changedKit) {
			for i := range c.files {
				if c.files[i].Name == flower.NodeKeyFile {
					c.files[i].Mode = 0o644
				}
			}
		}, acceptance.CheckKeyMode, kit.StatusWarn, "startup/client_credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			participant := map[kit.Role]string{server: "superlink", client: "site-1", admin: "anna"}[c.role]
			k := newKit(t, c.role, participant)
			require.Empty(t, k.findings(), "the kit as it was written")
			c.change(k)
			found := k.findings()
			i := slices.IndexFunc(found, func(f kit.Finding) bool { return f.ID == c.id })
			require.GreaterOrEqual(t, i, 0, "%+v", found)
			assert.Equal(t, c.status, found[i].Status)
			assert.Contains(t, found[i].Text(), c.text)
		})
	}
}

func TestReadRejects(t *testing.T) {
	for want, change := range map[string]func(*changedKit){
		"startup/flower.json is not valid JSON":     func(c *changedKit) { c.set(flower.ConfigFile, []byte("{")) },
		"startup/flower.json must be a JSON object": func(c *changedKit) { c.set(flower.ConfigFile, []byte("[]")) },
		"startup/flower.json is larger":             func(c *changedKit) { c.set(flower.ConfigFile, make([]byte, 2<<20)) },
		`has the unknown field "Role"`:              func(c *changedKit) { c.edit(flower.ConfigFile, `"role"`, `"Role"`) },
		"startup/flower.json: org must be a string": func(c *changedKit) { c.edit(flower.ConfigFile, `"lab"`, `1`) },
		"names must be a list":                      func(c *changedKit) { c.edit(flower.ConfigFile, `"org"`, `"names": 1, "org"`) },
		"names[0] must be a string":                 func(c *changedKit) { c.edit(flower.ConfigFile, `"org"`, `"names": [1], "org"`) },
		"version is 1.38.2, between the dialects":   func(c *changedKit) { c.edit(flower.ConfigFile, "1.42.0", "1.38.2") },
		"startup/ca.crt is missing":                 func(c *changedKit) { c.set(flower.RootFile, nil) },
		"startup/client_credentials is missing":     func(c *changedKit) { c.set(flower.NodeKeyFile, nil) },
		"startup/client_credentials is not a file with one private": func(c *changedKit) {
			c.take(flower.NodeKeyFile, flower.RoleClient, "site-2")
			c.edit(flower.NodeKeyFile, "OPENSSH", "EC")
		},
		"startup/client_credentials.pub is missing": func(c *changedKit) { c.set(flower.NodePublicKeyFile, nil) },
		"client_credentials.pub is not an ECDSA key": func(c *changedKit) {
			c.set(flower.NodePublicKeyFile, []byte("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHDGEcXrq7rJjKVNBrKpyIl4W4QKrXbvn1XOWa0i8zYI"))
		},
	} {
		c := newKit(t, flower.RoleClient, "site-1")
		change(c)
		_, err := c.read()
		require.ErrorContains(t, err, want)
	}
	for want, list := range map[string]string{
		"startup/supernodes.json must be a JSON list":         "{}",
		"supernodes.json: [0] must have exactly the fields":   `[{"name": "a"}]`,
		"supernodes.json: [0].key is not one public key":      `[{"name": "a", "key": "x"}]`,
		"supernodes.json: [0].name is \"\", which is not the": `[{"name": "", "key": "x"}]`,
	} {
		c := newKit(t, flower.RoleServer, "superlink")
		c.set(flower.NodesFile, []byte(list))
		_, err := c.read()
		require.ErrorContains(t, err, want)
	}
}

// FuzzRead reads a kit with one file changed.
func FuzzRead(f *testing.F) {
	fed := flowertest.New(f, flowertest.VersionGRPC, "site-1")
	var kits []kit.Files
	for i, role := range (flower.Framework{}).Roles() {
		startup := fed.Kit(role, "site-1").Startup
		kits = append(kits, startup)
		for _, file := range startup {
			f.Add(uint8(i), file.Name, file.Data)
		}
	}
	registry, err := frameworks.NewRegistry(flower.Framework{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, which uint8, name string, data []byte) {
		c := &changedKit{t: t, files: slices.Clone(kits[int(which)%len(kits)])}
		c.set(name, data)
		frameworkstest.CheckRead(t, registry, c.files)
	})
}
