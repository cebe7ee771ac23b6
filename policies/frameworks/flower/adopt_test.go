package flower_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// loose are the files of a federation as Flower's guides make them, in the folders
// certificates/ and keys/.
func loose(t *testing.T) map[string][]byte {
	t.Helper()
	f := flowertest.New(t, flowertest.VersionHTTP, "client_credentials_1", "client_credentials_2")
	files := map[string][]byte{}
	take := func(content *kit.Content, names map[string]string) {
		for from, to := range names {
			data, ok := content.Startup.Get(from)
			require.True(t, ok, from)
			files[to] = data
		}
	}
	take(f.Kit(flower.RoleServer, "superlink"), map[string]string{
		flower.RootFile: "certificates/ca.crt", flower.ServerCertificateFile: "certificates/server.pem", flower.ServerKeyFile: "certificates/server.key",
	})
	take(f.Kit(flower.RoleClient, "client_credentials_1"), map[string]string{
		flower.NodeKeyFile: "keys/client_credentials_1", flower.NodePublicKeyFile: "keys/client_credentials_1.pub",
	})
	take(f.Kit(flower.RoleClient, "client_credentials_2"), map[string]string{flower.NodePublicKeyFile: "keys/client_credentials_2.pub"})
	files["certificates/certificate.conf"], files["README.md"] = []byte("[req]"), nil
	key, err := pki.EncodeKey(f.Root.Key)
	require.NoError(t, err)
	files["ca.key"] = key
	return files
}

func adoption() *provisioning.Adoption {
	return &provisioning.Adoption{
		Project: project(), Org: "a", Names: map[string]string{"client_credentials_1": "site-1"},
		Now: time.Now(), ValidFor: 90 * 24 * time.Hour,
	}
}

func adopted(t *testing.T, files map[string][]byte, a *provisioning.Adoption) map[string]*kit.Kit {
	t.Helper()
	made, err := flower.Framework{}.Adopt(files, a)
	require.NoError(t, err)
	all := map[string]*kit.Kit{}
	for _, one := range made {
		k, err := flower.Framework{}.Read(one.Content)
		require.NoError(t, err)
		all[one.Participant] = k
	}
	return all
}

// With the root's key, adopted kits are like those that were provisioned, with the keys that
// the federation has.
func TestAdoptWithTheRoot(t *testing.T) {
	files := loose(t)
	kits := adopted(t, files, adoption())
	require.Len(t, kits, 3)
	registry, err := frameworks.NewRegistry(flower.Framework{})
	require.NoError(t, err)
	rules, err := acceptance.Pinned(registry, pki.Fingerprint(kits["superlink"].Root))
	require.NoError(t, err)
	for name, k := range kits {
		_, findings := acceptance.Accept(k, rules, time.Now())
		assert.True(t, findings.Passed(), "%s: %v", name, findings.Err())
	}
	private, _ := kits["site-1"].Startup.Get(flower.NodePublicKeyFile)
	assert.Equal(t, string(files["keys/client_credentials_1.pub"]), string(private))
	key, _ := kits["site-1"].Startup.Get(flower.NodeKeyFile)
	assert.Equal(t, string(files["keys/client_credentials_1"]), string(key))
	nodes, err := flower.Nodes(kits["superlink"].Startup)
	require.NoError(t, err)
	assert.Equal(t, []string{"client_credentials_2", "site-1"}, []string{nodes[0].Name, nodes[1].Name})
}

// Without it, a SuperNode's kit has no certificates, and the SuperLink's stays as it is.
func TestAdoptWithoutTheRoot(t *testing.T) {
	files := loose(t)
	delete(files, "ca.key")
	a := adoption()
	_, err := flower.Framework{}.Adopt(files, a)
	require.ErrorContains(t, err, "put the root's key, ca.key, into the folder")
	a.Project.Admins = nil
	kits := adopted(t, files, a)
	require.Len(t, kits, 2)
	assert.Nil(t, kits["site-1"].Certificate)
	certificate, _ := kits["superlink"].Startup.Get(flower.ServerCertificateFile)
	assert.Equal(t, string(files["certificates/server.pem"]), string(certificate))
}

func TestAdoptRejects(t *testing.T) {
	for want, change := range map[string]func(map[string][]byte, *provisioning.Adoption){
		"ca.crt is missing":      func(f map[string][]byte, _ *provisioning.Adoption) { delete(f, "certificates/ca.crt") },
		"could both be meant":    func(f map[string][]byte, _ *provisioning.Adoption) { f["ca.crt"] = f["certificates/ca.crt"] },
		"ca.key does not belong": func(f map[string][]byte, _ *provisioning.Adoption) { f["ca.key"] = f["certificates/server.key"] },
		"is not a root certificate": func(f map[string][]byte, _ *provisioning.Adoption) {
			f["certificates/ca.crt"] = f["certificates/server.pem"]
		},
		"different keys": func(f map[string][]byte, _ *provisioning.Adoption) {
			f["keys/client_credentials_1.pub"] = f["keys/client_credentials_2.pub"]
		},
		"client_credentials_2.pub is not": func(f map[string][]byte, _ *provisioning.Adoption) { f["keys/client_credentials_2.pub"] = []byte("x") },
		"site-1: org is":                  func(_ map[string][]byte, a *provisioning.Adoption) { a.Org = "" },
		"version is 1.37.0, between":      func(_ map[string][]byte, a *provisioning.Adoption) { a.Project.Version = "1.37.0" },
		"there is nothing to adopt": func(f map[string][]byte, a *provisioning.Adoption) {
			delete(f, "certificates/server.key")
			delete(f, "keys/client_credentials_1")
			a.Project.Admins = nil
		},
	} {
		files, a := loose(t), adoption()
		change(files, a)
		_, err := flower.Framework{}.Adopt(files, a)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "PRIVATE")
	}
}
