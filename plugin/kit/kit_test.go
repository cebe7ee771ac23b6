package kit_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/cmd/util/sanity"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var update = flag.Bool("update", false, "write the golden files")

// issued is when the kits of the tests were made, today a month later.
var (
	issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	today  = issued.AddDate(0, 1, 0)
)

// result is what a run of a command has come to.
type result struct {
	out, errOut string
	err         error
}

// run runs `kubectl flare kit` with the arguments.
func run(now time.Time, args ...string) result {
	return runWith(frameworks.Default(), now, args...)
}

func runWith(registry *frameworks.Registry, now time.Time, args ...string) result {
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	cmd := kitcmd.NewCommand(clientstest.NoCluster(), kitcmd.Known{Frameworks: registry, Workloads: builtin.Default()}, streams, testingclock.NewFakePassiveClock(now))
	cmd.SilenceErrors = true
	cmd.SetOut(streams.Out)
	cmd.SetErr(streams.ErrOut)
	cmd.SetArgs(append([]string{}, args...))
	err := cmd.Execute()
	return result{out.String(), errOut.String(), err}
}

func newFederation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	base := []kittest.Option{
		kittest.WithDates(issued, issued.Add(kittest.Validity)),
		kittest.WithAddress("server1.fl-server.svc", 8002),
	}
	return kittest.NewFederation(t, "demo", append(base, options...)...)
}

// golden compares with a file in testdata, after taking out what differs from
// run to run because keys are random.
func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, r := range []struct{ pattern, with string }{
		{`[0-9a-f]{64}`, "<sha256>"},
		{`(flare-(?:kit|local)-[a-z0-9-]+)-[0-9a-f]{32}`, "$1-<digest>"},
		{`("?serialNumber"?: )"?[0-9a-f]+"?`, "$1<serial>"},
		{`\b\d+ bytes`, "<n> bytes"},
		{`("?size"?: )\d+`, "$1<n>"},
	} {
		got = regexp.MustCompile(r.pattern).ReplaceAllString(got, r.with)
	}
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update")
	assert.Equal(t, string(want), got)
}

func TestHelp(t *testing.T) {
	got := run(today)
	require.NoError(t, got.err)
	for _, word := range []string{"inspect", "verify", "startup/"} {
		assert.Contains(t, got.out, word)
	}
	got = run(today, "bogus")
	assert.ErrorContains(t, got.err, `unknown command "bogus"`)
}

// TestCommandsFollowKubectl runs kubectl's own checks of help texts and flags.
func TestCommandsFollowKubectl(t *testing.T) {
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	cmd := kitcmd.NewCommand(clientstest.NoCluster(), kitcmd.Known{Frameworks: frameworks.Default(), Workloads: builtin.Default()}, streams, testingclock.NewFakePassiveClock(today))
	for _, sub := range cmd.Commands() {
		assert.NotEmpty(t, sub.Example, sub.Name())
	}
	for _, err := range sanity.RunCmdChecks(cmd, sanity.AllCmdChecks, nil) {
		// A command of a tree below a root has no short flags of its own to hide.
		assert.NoError(t, err)
	}
}

// TestBadKits: both commands read kits the same way.
func TestBadKits(t *testing.T) {
	k := newFederation(t).Client("site-1", "hospital_a")
	dir := k.WriteDir(t)
	old := newFederation(t, kittest.WithFamily(nvflare.Family26)).Client("site-1", "hospital_a").WriteDir(t)
	linked := k.WriteDir(t)
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(linked, "local", "host")))
	outside := k.WriteDir(t)
	require.NoError(t, os.Rename(filepath.Join(outside, "startup"), filepath.Join(outside, "elsewhere")))
	require.NoError(t, os.Symlink("elsewhere", filepath.Join(outside, "startup")))

	for _, command := range []string{"inspect", "verify"} {
		for _, tt := range []struct {
			name string
			args []string
			want string
		}{
			{"no folder", nil, "give one kit's folder, the one that holds startup/; there are 0 arguments"},
			{"two folders", []string{dir, dir}, "there are 2 arguments"},
			{"a folder that is not there", []string{dir + "/nope"}, "nope: no such file or directory; give the kit's folder"},
			{"a file", []string{dir + "/readme.txt"}, "readme.txt: it is neither a folder nor a zip, tar or tgz archive; give the kit's folder"},
			{"startup itself", []string{dir + "/startup"}, "this is a startup folder itself; give the folder of the kit, which contains startup/"},
			{"the folder above", []string{filepath.Dir(dir)}, "give one of the kits in it: " + filepath.Base(dir)},
			{"an old kit", []string{old}, "startup/fed_client.json belongs to NVFLARE 2.6 or older"},
			{"a link", []string{linked}, "local/host is a symbolic link"},
			{"a linked startup", []string{outside}, "startup is a symbolic link"},
			{"a format", []string{dir, "-o", "xml"}, `unable to match a printer suitable for the output format "xml"`},
		} {
			t.Run(command+"/"+tt.name, func(t *testing.T) {
				got := run(today, append([]string{command}, tt.args...)...)
				require.ErrorContains(t, got.err, tt.want)
				if len(tt.args) > 0 && !strings.HasPrefix(tt.name, "two") {
					assert.Empty(t, got.out, "no usage after a real error")
				}
			})
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, command := range []string{"inspect", "verify"} {
		first := run(today, cobra.ShellCompRequestCmd, command, "")
		assert.Equal(t, ":0\n", first.out, "folders and archives")
		second := run(today, cobra.ShellCompRequestCmd, command, "dir", "")
		assert.Equal(t, ":4\n", second.out, "nothing")
		formats := run(today, cobra.ShellCompRequestCmd, command, "--output", "")
		assert.Contains(t, formats.out, "json\nyaml\nkyaml\nname\nwide\n")
	}
	assert.Equal(t, ":4\n", run(today, cobra.ShellCompRequestCmd, "verify", "--root-fingerprint", "").out)
}
