package kit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
)

func TestSealerNew(t *testing.T) {
	fed := newFederation(t)
	rootFile, keyFile := fed.WriteRoot(t)
	state := filepath.Join(t.TempDir(), "cert.json")
	data, err := json.Marshal(map[string]any{"root_cert": read(t, rootFile), "root_pri_key": read(t, keyFile), "site-1": map[string]any{"cert": "x"}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(state, data, 0o600))
	for _, tt := range []struct {
		name  string
		roots []string
	}{
		{"root", []string{"--root-ca=" + rootFile, "--root-key=" + keyFile}},
		{"state", []string{"--state=" + state}},
		{"site", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "new")
			args := append([]string{"sealer", "new", "--name=release", "--out=" + out}, tt.roots...)
			got := run(today, args...)
			require.NoError(t, got.err)
			key := read(t, filepath.Join(out, "sealer.key"))
			for _, line := range strings.Split(key, "\n")[1:4] {
				assert.NotContains(t, got.out+got.errOut, line[:10])
			}
			info, err := os.Stat(filepath.Join(out, "sealer.key"))
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode())
			require.ErrorContains(t, run(today, args...).err, "file exists; choose a folder without a sealer in it")
			assert.Equal(t, key, read(t, filepath.Join(out, "sealer.key")), "the old key stays")

			dir := fed.Client("site-1", "hospital_a").WriteDir(t)
			flags, sealers := []string{"--key=" + out + "/sealer.key"}, ""
			if tt.roots != nil {
				flags = append(flags, "--cert="+out+"/sealer.crt")
			} else {
				_, snippet, _ := strings.Cut(got.out, "    sealers:\n")
				sealers = "    sealers:\n" + snippet
			}
			require.NoError(t, run(today, append([]string{"seal", dir}, flags...)...).err)
			verified := run(today, "verify", dir, "--policy="+policyFile(t, fed, sealers))
			assert.NoError(t, verified.err, verified.out)
		})
	}
	got := run(today, "sealer", "new", "--name=it", "--out="+filepath.Join(t.TempDir(), "x"), "-o", "json")
	var view kitcmd.NewSealer
	require.NoError(t, json.Unmarshal([]byte(got.out), &view))
	assert.Equal(t, "site", view.SealedBy)
	assert.NotContains(t, got.out, "PRIVATE")
}

// A dry run writes nothing, and prints nothing of a key that it discards.
func TestSealerNewDryRun(t *testing.T) {
	rootFile, keyFile := newFederation(t).WriteRoot(t)
	out := filepath.Join(t.TempDir(), "new")
	args := []string{"sealer", "new", "--name=release", "--out=" + out, "--dry-run=client"}
	got := run(today, append(args, "--root-ca="+rootFile, "--root-key="+keyFile)...)
	require.NoError(t, got.err)
	assert.Equal(t, out+"/sealer.key and "+out+"/sealer.crt created for release (dry run)\n", got.out)
	assert.NoDirExists(t, out)
	got = run(today, append(args, "-o", "json")...)
	require.NoError(t, got.err)
	assert.Contains(t, got.out, `"dryRun": true`)
	assert.NotContains(t, got.out, `"publicKey":`)

	require.NoError(t, run(today, args[:4]...).err)
	require.ErrorContains(t, run(today, args...).err, "choose a folder without a sealer in it")
	require.ErrorContains(t, run(today, append(args, "--dry-run=server")...).err, "use --dry-run=client")
}

func TestSealerNewFails(t *testing.T) {
	fed := newFederation(t)
	rootFile, keyFile := fed.WriteRoot(t)
	_, otherKey := newFederation(t).WriteRoot(t)
	leaf := fed.Client("site-1", "a").WriteDir(t)
	empty := filepath.Join(t.TempDir(), "cert.json")
	require.NoError(t, os.WriteFile(empty, []byte("{}"), 0o600))
	for want, args := range map[string][]string{
		"--name is missing":                  {"--out=x"},
		"--out is missing":                   {"--name=a"},
		"no control characters":              {"--out=x", "--name=a\x1b"},
		"belong together":                    {"--out=x", "--name=a", "--root-ca=" + rootFile},
		"leave out --root-ca":                {"--out=x", "--name=a", "--root-ca=" + rootFile, "--state=" + empty},
		"--valid-for must be":                {"--out=x", "--name=a", "--valid-for=0s"},
		"not written by `nvflare provision`": {"--out=x", "--name=a", "--state=" + empty},
		"does not belong to the root":        {"--out=x", "--name=a", "--root-ca=" + rootFile, "--root-key=" + otherKey},
		"this is not a root certificate":     {"--out=x", "--name=a", "--root-ca=" + leaf + "/startup/client.crt", "--root-key=" + leaf + "/startup/client.key"},
		"with one unencrypted private key":   {"--out=x", "--name=a", "--root-ca=" + rootFile, "--root-key=" + rootFile},
		"is not PEM with one CERTIFICATE":    {"--out=x", "--name=a", "--root-ca=" + keyFile, "--root-key=" + keyFile},
		"--root-key: cannot open nope":       {"--out=x", "--name=a", "--root-ca=" + rootFile, "--root-key=nope"},
	} {
		got := run(today, append([]string{"sealer", "new"}, args...)...)
		require.ErrorContains(t, got.err, want)
	}
	assert.NoFileExists(t, "x")
	late := run(today.AddDate(2, 0, 0), "sealer", "new", "--out=x", "--name=a", "--root-ca="+rootFile, "--root-key="+keyFile)
	assert.ErrorContains(t, late.err, "the root certificate expired")
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}
