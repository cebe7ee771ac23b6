package kit_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// sealerFiles writes a sealer as `kit sealer new` does, and gives its flags.
func sealerFiles(t *testing.T, s *kittest.Sealer) []string {
	t.Helper()
	dir := t.TempDir()
	key, err := pki.EncodeKey(s.Key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sealer.key"), key, 0o600))
	flags := []string{"--key=" + filepath.Join(dir, "sealer.key")}
	if s.Certificate != nil {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "sealer.crt"), s.Certificate, 0o644))
		flags = append(flags, "--cert="+filepath.Join(dir, "sealer.crt"))
	}
	return flags
}

// policyFile writes a SitePolicy that pins the federation's root.
func policyFile(t *testing.T, fed *kittest.Federation, more string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sitepolicy.yaml")
	text := "apiVersion: kubectl-flare.dev/v1alpha1\nkind: SitePolicy\nmetadata: {name: hospital-a}\nspec:\n  participants: [site-1]\n" +
		"  images: {allowed: [{repository: registry.example.org/nvflare, digest: sha256:" + strings.Repeat("ab", 32) + "}]}\n" +
		"  kits:\n    trustRoots: [{name: demo, sha256: " + pki.Fingerprint(fed.Root) + "}]\n" + more
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	return file
}

func sealersOf(t *testing.T, s *kittest.Sealer) string {
	t.Helper()
	key := strings.ReplaceAll(strings.TrimSpace(s.PublicKey(t)), "\n", "\n        ")
	return "    sealers:\n    - name: " + s.Name + "\n      publicKey: |\n        " + key + "\n"
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestSealByTheProject(t *testing.T) {
	fed := newFederation(t)
	dir := fed.Client("site-1", "hospital_a").WriteDir(t)
	args := append([]string{"seal", dir, "--framework-version=2.9.0"}, sealerFiles(t, fed.Sealer("release"))...)

	got := run(today, append(args, "--dry-run=client")...)
	require.NoError(t, got.err)
	assert.Equal(t, "site-1 sealed by the project (\"release\"), serial 1775044800, until 2027-02-24 (dry run)\n"+
		"site-1 local/ sealed by the project (\"release\"), serial 1775044800, until 2027-02-24 (dry run)\n", got.out)
	assert.Equal(t, []string{"local", "readme.txt", "startup", "transfer"}, entries(t, dir))

	got = run(today, args...)
	require.NoError(t, got.err)
	assert.Equal(t, []string{"local", "local.seal.crt", "local.seal.dsse.json", "readme.txt", "seal.crt", "seal.dsse.json", "startup", "transfer"}, entries(t, dir), "no leftovers")
	before, err := os.ReadFile(filepath.Join(dir, "seal.dsse.json"))
	require.NoError(t, err)

	got = run(today.AddDate(0, 1, 0), args...)
	require.NoError(t, got.err)
	assert.Equal(t, "site-1 unchanged: already sealed by the project (\"release\"), serial 1775044800, until 2027-02-24\n"+
		"site-1 local/ unchanged: already sealed by the project (\"release\"), serial 1775044800, until 2027-02-24\n", got.out)
	after, err := os.ReadFile(filepath.Join(dir, "seal.dsse.json"))
	require.NoError(t, err)
	assert.Equal(t, before, after)

	got = run(today, "verify", dir, "--policy="+policyFile(t, fed, ""))
	require.NoError(t, got.err, got.out)
	golden(t, "verify-sealed.txt", got.out)
	got = run(today, "inspect", dir)
	require.NoError(t, got.err)
	golden(t, "inspect-sealed.txt", got.out)
	got = run(today, append(args, "-o", "json")...)
	golden(t, "seal-unchanged.json", got.out)
}

func TestSealByTheSite(t *testing.T) {
	fed := newFederation(t)
	it := kittest.NewSealer(t, "it-security")
	dir := fed.Client("site-1", "hospital_a").Seal(t, fed.Sealer("release")).WriteDir(t)
	got := run(today, append([]string{"seal", dir, "--root-fingerprint=" + pki.Fingerprint(fed.Root)}, sealerFiles(t, it)...)...)
	require.NoError(t, got.err)
	assert.Empty(t, got.errOut)
	assert.NotContains(t, entries(t, dir), "seal.crt", "the site's seal replaces the project's")

	require.NoError(t, run(today, "verify", dir, "--policy="+policyFile(t, fed, sealersOf(t, it))).err)
	got = run(today, "verify", dir, "--policy="+policyFile(t, fed, ""))
	require.Error(t, got.err)
	assert.Contains(t, got.out, "the signer is not allowed")
	got = run(today, "verify", dir, "--policy="+policyFile(t, fed, sealersOf(t, it)+"    minimumSerial: {site-1: 9999999999}\n"))
	require.Error(t, got.err)
	assert.Contains(t, got.out, "kits.minimumSerial")
}

// TestSealAgain: a kit that has changed is sealed again, with a greater serial.
func TestSealAgain(t *testing.T) {
	fed := newFederation(t)
	flags := sealerFiles(t, fed.Sealer("release"))
	dir := fed.Client("site-1", "hospital_a").WriteDir(t)
	seal := func(now time.Time, more ...string) result {
		return run(now, append(append([]string{"seal", dir}, flags...), more...)...)
	}
	require.NoError(t, seal(today, "--serial=7", "--valid-for=1000h").err)
	assert.Contains(t, seal(today, "--serial=7", "--valid-for=1000h").out, "unchanged")
	assert.Contains(t, seal(today, "--serial=7").out, "unchanged")
	require.ErrorContains(t, seal(today, "--serial=6").err, "has a seal with serial 7, and the new seal would have 6: give --serial=8")
	assert.Contains(t, seal(today, "--serial=8").out, "site-1 sealed by the project (\"release\"), serial 8")
	assert.Contains(t, seal(today, "--valid-for=2000h").out, "serial 1775044800, until 2026-06-23")
	assert.Contains(t, seal(today, "--valid-for=2001h").out, "serial 1775044801", "twice in a second")
	assert.Contains(t, seal(today.AddDate(0, 2, 10)).out, "site-1 sealed", "the old seal ends soon")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "startup", "start.sh"), []byte("new"), 0o755))
	assert.Contains(t, seal(today.AddDate(0, 2, 11)).out, "site-1 sealed", "the project may change its kit")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "seal.dsse.json"), []byte("{}"), 0o644))
	assert.Contains(t, seal(today.AddDate(0, 2, 12)).out, "site-1 sealed", "a broken seal is replaced")
}

// TestSealLocal: a site edits local/ and seals it with its own key; the project's seal of
// startup/ stays.
func TestSealLocal(t *testing.T) {
	fed := newFederation(t)
	it := kittest.NewSealer(t, "it-security")
	dir := fed.Client("site-1", "hospital_a").Seal(t, fed.Sealer("release")).WriteDir(t)
	policy := "--policy=" + policyFile(t, fed, sealersOf(t, it))
	require.NoError(t, run(today, "verify", dir, policy).err)

	privacy := filepath.Join(dir, "local", "privacy.json")
	require.NoError(t, os.WriteFile(privacy, []byte(`{"scopes": [{"name": "private"}], "default_scope": "private"}`), 0o644))
	got := run(today, "verify", dir, policy)
	require.Error(t, got.err)
	assert.Contains(t, got.out, "local/privacy.json: an extra file: the seal does not list it")
	got = run(today, append([]string{"seal", dir}, sealerFiles(t, it)...)...)
	require.ErrorContains(t, got.err, "kubectl flare kit seal --local DIR")

	args := append([]string{"seal", "--local", dir}, sealerFiles(t, it)...)
	got = run(today, args...)
	require.NoError(t, got.err)
	assert.Equal(t, "site-1 local/ sealed by the site, serial 1775044800, until 2027-02-24\n", got.out)
	assert.Contains(t, entries(t, dir), "seal.crt", "the project's seal of startup/")
	assert.NotContains(t, entries(t, dir), "local.seal.crt")
	require.NoError(t, run(today, "verify", dir, policy).err)
	assert.Contains(t, run(today, "verify", dir, "--policy="+policyFile(t, fed, "")).out, "local.seal.dsse.json: the signer is not allowed")
	assert.Contains(t, run(today, args...).out, "site-1 local/ unchanged")

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "local")))
	require.ErrorContains(t, run(today, args...).err, "local: missing")
	admin := fed.Admin("lead@a.org", "a", "lead").Without("local/resources.json.default").WriteDir(t)
	assert.ErrorContains(t, run(today, append([]string{"seal", "--local", admin}, sealerFiles(t, it)...)...).err, "has no files in local/")
}

func TestSealFails(t *testing.T) {
	fed, other := newFederation(t), newFederation(t)
	project, it := sealerFiles(t, fed.Sealer("release")), sealerFiles(t, kittest.NewSealer(t, "it"))
	good := fed.Client("site-1", "hospital_a").WriteDir(t)
	bad := fed.Client("site-1", "hospital_a").With("startup/evil.json", nil).WriteDir(t)
	changed := fed.Client("site-1", "hospital_a").Seal(t, fed.Sealer("release")).With("startup/start.sh", []byte("x")).WriteDir(t)
	participant := fed.Client("site-2", "hospital_b").WriteDir(t)
	encrypted := filepath.Join(t.TempDir(), "sealer.key")
	require.NoError(t, os.WriteFile(encrypted, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), 0o600))
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"no key", "--key is missing", []string{good}},
		{"a key that is not there", "no such file or directory", []string{good, "--key=nope"}},
		{"an encrypted key", "contains an encrypted private key, which is not supported", []string{good, "--key=" + encrypted}},
		{"a participant's key", "not an ECDSA key on P-256", []string{good, "--key=" + participant + "/startup/client.key"}},
		{"a participant's certificate", "is not valid for sealing this kit", append([]string{good, "--cert=" + participant + "/startup/client.crt"}, it...)},
		{"another certificate", "does not belong to the sealing certificate", append([]string{good, project[1]}, it...)},
		{"another federation's", "is not valid for sealing this kit", append([]string{good}, sealerFiles(t, other.Sealer("release"))...)},
		{"a kit that does not verify", "startup/evil.json: not a file of an NVFLARE kit", append([]string{bad}, project...)},
		{"another root", "root-pinned", append([]string{good, "--root-fingerprint=" + strings.Repeat("0", 64)}, it...)},
		{"a kit changed on the way", "changed since it was sealed", append([]string{changed}, it...)},
		{"a serial", "--serial must be", append([]string{good, "--serial=-1"}, project...)},
		{"no time", "--valid-for must be positive", append([]string{good, "--valid-for=0s"}, project...)},
		{"a dry run of a server", "use --dry-run=client", append([]string{good, "--dry-run=server"}, project...)},
		{"a fingerprint", "is not a SHA-256 fingerprint", append([]string{good, "--root-fingerprint=x"}, project...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := run(today, append([]string{"seal"}, tt.args...)...)
			require.ErrorContains(t, got.err, tt.want)
			assert.Empty(t, got.out)
			assert.NotContains(t, entries(t, good), "seal.dsse.json")
		})
	}
}

func TestVerifyPolicies(t *testing.T) {
	fed := newFederation(t)
	dir := fed.Client("site-1", "hospital_a").WriteDir(t)
	got := run(today, "verify", dir, "--policy="+policyFile(t, fed, ""))
	require.Error(t, got.err)
	assert.Contains(t, got.out, "the kit has no seal, but the policy requires one")
	other := fed.Client("site-9", "hospital_a").Seal(t, fed.Sealer("release")).WriteDir(t)
	assert.Contains(t, run(today, "verify", other, "--policy="+policyFile(t, fed, "")).out, "is not in spec.participants of the policy (site-1)")

	for want, text := range map[string]string{
		`unknown field "spec.kit"`:       "apiVersion: kubectl-flare.dev/v1alpha1\nkind: SitePolicy\nspec: {kit: {}}\n",
		"contains no SitePolicy":         "apiVersion: v1\nkind: Pod\n",
		"it is not valid YAML":           "[",
		"spec.kits.trustRoots: Required": "apiVersion: kubectl-flare.dev/v1alpha1\nkind: SitePolicy\nmetadata: {name: a}\nspec: {participants: [site-1], kits: {trustRoots: []}}\n",
		"already set":                    "kind: SitePolicy\nkind: SitePolicy\n",
		"larger than 16 MiB":             strings.Repeat("#", 17<<20),
	} {
		file := filepath.Join(t.TempDir(), "p.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		require.ErrorContains(t, run(today, "verify", dir, "--policy="+file).err, want)
	}
	assert.ErrorContains(t, run(today, "verify", dir, "--policy=nope").err, "--policy: cannot read nope: no such file or directory")
}

func TestInspectABrokenSeal(t *testing.T) {
	dir := newFederation(t).Client("site-1", "a").With("seal.dsse.json", []byte("{}")).WriteDir(t)
	got := run(today, "inspect", dir)
	require.NoError(t, got.err)
	assert.Contains(t, got.errOut, "Warning: seal.dsse.json: the seal is unusable")
}

// TestToy takes a kit of another framework, whose identity is a key, through the
// commands.
func TestToy(t *testing.T) {
	registry, err := frameworks.NewRegistry(nvflare.Framework{}, toy.Framework{})
	require.NoError(t, err)
	content, err := toy.Write(toy.Spec{
		Federation: "play", Participant: "site-1", Org: "nursery", Role: toy.RoleHub, Host: "hub.play.svc",
		Key: ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize))),
	})
	require.NoError(t, err)
	dir := kittest.WriteContent(t, content)
	it := kittest.NewSealer(t, "it-security")
	file := filepath.Join(t.TempDir(), "sitepolicy.yaml")
	require.NoError(t, os.WriteFile(file, []byte("apiVersion: kubectl-flare.dev/v1alpha1\nkind: SitePolicy\nmetadata: {name: hospital-a}\nspec:\n  participants: [site-1]\n"+
		"  images: {allowed: [{repository: registry.example.org/toy, digest: sha256:"+strings.Repeat("ab", 32)+"}]}\n  kits:\n"+sealersOf(t, it)), 0o644))

	got := runWith(registry, today, "verify", dir, "--policy="+file)
	require.Error(t, got.err)
	assert.Contains(t, got.out, "the kit has no seal, but the policy requires one")
	got = runWith(registry, today, append([]string{"seal", dir}, sealerFiles(t, it)...)...)
	require.NoError(t, got.err, got.out)
	got = runWith(registry, today, "verify", dir, "--policy="+file)
	require.NoError(t, got.err, got.out)
	got = runWith(registry, today, "inspect", dir)
	require.NoError(t, got.err)
	golden(t, "inspect-toy.txt", got.out)
	assert.ErrorContains(t, run(today, "inspect", dir).err, "contains no configuration file of NVIDIA FLARE")
}
