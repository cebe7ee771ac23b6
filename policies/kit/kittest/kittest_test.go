package kittest_test

import (
	"bytes"
	"crypto/x509"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestFilesOfKits(t *testing.T) {
	service := []string{"rootCA.pem", "start.sh", "stop_fl.sh", "sub_start.sh"}
	admin := []string{"client.crt", "client.key", "fed_admin.json", "fl_admin.sh", "readme.txt", "rootCA.pem", "system_info.ipynb"}
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		t.Run(family, func(t *testing.T) {
			fed := kittest.NewFederation(t, "demo", kittest.WithFamily(family))
			var signed []string
			if family == nvflare.Family27 {
				signed = []string{"signature.json"}
			}
			server := append([]string{"fed_server.json", "server.crt", "server.key"}, append(signed, service...)...)
			client := append([]string{"fed_client.json", "client.crt", "client.key"}, append(signed, service...)...)

			assert.ElementsMatch(t, server, names(fed.Server("server1", "lab").Read().Startup))
			assert.ElementsMatch(t, client, names(fed.Client("site-1", "a").Read().Startup))
			k := fed.Admin("lead@a.org", "a", "lead").Read()
			assert.ElementsMatch(t, append(admin, signed...), names(k.Startup))
			assert.ElementsMatch(t, append([]string{"resources.json.default"}, signed...), names(k.Local))
		})
	}
}

func names(files kit.Files) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

func TestCertificatesLookLikeNVFLAREs(t *testing.T) {
	from := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	fed := kittest.NewFederation(t, "demo", kittest.WithDates(from, from.Add(kittest.Validity)))
	c := fed.Server("server1", "lab", "server1.fl.svc", "10.0.0.7").Certificate

	assert.Equal(t, from, c.NotBefore)
	assert.Equal(t, from.Add(kittest.Validity), c.NotAfter)
	assert.Equal(t, x509.SHA256WithRSA, c.SignatureAlgorithm)
	assert.Zero(t, c.KeyUsage)
	assert.Empty(t, c.ExtKeyUsage)
	assert.Equal(t, []string{"server1.fl.svc"}, c.DNSNames)
	assert.True(t, c.IPAddresses[0].Equal(net.ParseIP("10.0.0.7")))
	require.NoError(t, c.CheckSignatureFrom(fed.Root))
	assert.Equal(t, "demo", fed.Root.Issuer.CommonName)
}

func TestKeysAreNeverShared(t *testing.T) {
	one, other := kittest.NewFederation(t, "demo"), kittest.NewFederation(t, "demo")
	require.Error(t, one.Client("site-1", "a").Certificate.CheckSignatureFrom(other.Root))
	first, second := one.Client("site-1", "a"), one.Client("site-1", "a")
	assert.NotEqual(t, first.File("startup/client.key"), second.File("startup/client.key"))
}

func TestChangingAKit(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	before := k.FS()

	k.With("startup/extra", []byte("x")).WithMode("startup/client.key", 0o640).Without("readme.txt", "startup/start.sh")
	after := k.FS()
	assert.Equal(t, "x", string(after["startup/extra"].Data))
	assert.Equal(t, fs.FileMode(0o640), after["startup/client.key"].Mode)
	assert.NotContains(t, after, "readme.txt")
	assert.NotContains(t, after, "startup/start.sh")
	assert.Contains(t, before, "readme.txt", "an FS taken before stays")

	after["startup/extra"].Data[0] = 'y'
	assert.Equal(t, "x", string(k.File("startup/extra")))
}

func TestWriteDir(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	dir := k.WriteDir(t)
	for name, want := range k.FS() {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want.Mode.IsDir(), info.IsDir(), name)
	}
	key, err := os.ReadFile(filepath.Join(dir, "startup", "client.key"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(k.File("startup/client.key"), key))
	info, err := os.Stat(filepath.Join(dir, "startup", "client.key"))
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}
