package job

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// run runs `kubectl flare job` with a kubeconfig that leads nowhere.
func run(t *testing.T, args ...string) error {
	t.Helper()
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = new(filepath.Join(t.TempDir(), "none"))
	cmd := NewCommand(flags, streams, testingclock.NewFakePassiveClock(testStart))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return cmd.ExecuteContext(t.Context())
}

// TestBadInput: what is wrong on this side is found before a cluster is asked.
func TestBadInput(t *testing.T) {
	there := t.TempDir()
	cases := map[string]struct {
		args []string
		want string
	}{
		"no folder":            {[]string{"submit"}, "accepts 1 arg(s), received 0"},
		"no job folder":        {[]string{"submit", there}, "is no job folder"},
		"unknown format":       {[]string{"list", "-o", "xml"}, `unable to match a printer suitable for the output format "xml"`},
		"folder there already": {[]string{"download", "1", "--to", there}, "exists already"},
		"no folder to make":    {[]string{"download", "1", "--to", "/"}, "give a folder that does not exist yet"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, run(t, tc.args...), tc.want)
		})
	}
}

func TestChoose(t *testing.T) {
	client := participants.Participant{Name: "site-1", Role: kit.RoleClient}
	ann := participants.Participant{Name: "ann@a.org", Role: kit.RoleAdmin}
	bob := participants.Participant{Name: "bob@b.org", Role: kit.RoleAdmin}
	cases := map[string]struct {
		all        []participants.Participant
		name       string
		want, fail string
	}{
		"the only one":    {all: []participants.Participant{client, ann}, want: "ann@a.org"},
		"by true name":    {all: []participants.Participant{ann, bob}, name: "bob@b.org", want: "bob@b.org"},
		"by object name":  {all: []participants.Participant{ann, bob}, name: kit.ObjectName("bob@b.org"), want: "bob@b.org"},
		"none":            {all: []participants.Participant{client}, fail: "launch an admin's kit there"},
		"several":         {all: []participants.Participant{ann, bob}, fail: "give one with --admin (ann@a.org, bob@b.org)"},
		"no such":         {all: []participants.Participant{ann}, name: "eve@e.org", fail: `no admin "eve@e.org"`},
		"a client's name": {all: []participants.Participant{client}, name: "site-1", fail: "(there: none)"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := choose(tc.all, tc.name, "fl")
			if tc.fail != "" {
				require.ErrorContains(t, err, tc.fail)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got.Name)
		})
	}
}

func TestPrintTable(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, printTable(&out, []listed{{
		JobID: "f5d41ae8", Name: "numpy-fedavg", Status: completed, SubmitTime: "2026-11-23T09:15:33+00:00", Duration: "0:00:17", Study: "default",
	}}, false))
	require.Equal(t, "JOB-ID     NAME           STATUS               SUBMITTED                   DURATION   STUDY\n"+
		"f5d41ae8   numpy-fedavg   FINISHED:COMPLETED   2026-11-23T09:15:33+00:00   0:00:17    default\n", out.String())
}

func TestPrintResult(t *testing.T) {
	r := result{JobID: "1", Status: completed}
	for format, want := range map[string]string{
		"":     "job 1 done\n",
		"name": "1\n",
		"json": "{\n  \"jobID\": \"1\",\n  \"status\": \"FINISHED:COMPLETED\"\n}\n",
		"yaml": "jobID: \"1\"\nstatus: FINISHED:COMPLETED\n",
	} {
		var out bytes.Buffer
		require.NoError(t, printResult(&out, format, r, "done"))
		require.Equal(t, want, out.String())
	}
}

// TestDownloadIsWholeOrNot: a stream that breaks off leaves no folder.
func TestDownloadIsWholeOrNot(t *testing.T) {
	o := &downloadOptions{}
	o.to = filepath.Join(t.TempDir(), "result")
	require.Error(t, o.unpack(bytes.NewReader([]byte("no tar at all, but long enough to be read as something"))))
	entries, err := os.ReadDir(filepath.Dir(o.to))
	require.NoError(t, err)
	require.Empty(t, entries)
}

var testStart = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
