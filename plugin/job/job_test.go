package job

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/flower"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// run runs `kubectl flare job` with a kubeconfig that leads nowhere.
func run(t *testing.T, args ...string) error {
	t.Helper()
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	cmd := NewCommand(clientstest.NoCluster(), streams, testingclock.NewFakeClock(testStart), builtin.Default())
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return cmd.ExecuteContext(t.Context())
}

// TestBadInput: local problems are found before a cluster is contacted.
func TestBadInput(t *testing.T) {
	there := t.TempDir()
	cases := map[string]struct {
		args []string
		want string
	}{
		"no folder":            {[]string{"submit"}, "accepts 1 arg(s), received 0"},
		"no job folder":        {[]string{"submit", there}, "is not a job folder"},
		"unknown format":       {[]string{"list", "-o", "xml"}, `unable to match a printer suitable for the output format "xml"`},
		"folder there already": {[]string{"download", "1", "--to", there}, "already exists"},
		"no folder to make":    {[]string{"download", "1", "--to", "/"}, "give a folder that does not exist yet"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, run(t, tc.args...), tc.want)
		})
	}
}

// A dry run checks what can be checked on this side, and contacts nothing.
func TestDryRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fedavg")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "meta.json"), []byte("{}"), 0o600))
	to := filepath.Join(t.TempDir(), "results")
	for want, args := range map[string][]string{
		"job fedavg submitted (dry run)\n":           {"submit", dir},
		"fedavg\n":                                   {"submit", dir, "-o=name"},
		"job 7 aborted (dry run)\n":                  {"abort", "7"},
		"job 7 downloaded to " + to + " (dry run)\n": {"download", "7", "--to=" + to},
		"true": {"abort", "7", "-o=jsonpath={.dryRun}"},
	} {
		out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
			return NewCommand(clientstest.NoCluster(), streams, testingclock.NewFakeClock(testStart), builtin.Default())
		}, append(args, "--dry-run=client")...)
		require.NoError(t, err)
		require.Equal(t, want, out)
	}
	require.NoDirExists(t, to)
	require.ErrorContains(t, run(t, "abort", "7", "--dry-run=server"), "use --dry-run=client")
}

func TestChoose(t *testing.T) {
	of := func(framework, name string, role kit.Role) participants.Participant {
		return participants.Participant{Framework: framework, Name: name, Role: role, Namespace: "fl"}
	}
	anna := of("flower", "anna", "admin")
	client, ann, bob := of("nvflare", "site-1", "client"), of("nvflare", "ann@a.org", "admin"), of("nvflare", "bob@b.org", "admin")
	other, unknown := of("quiet", "leaf", "leaf"), of("unheard-of", "ann@a.org", "admin")
	cases := map[string]struct {
		all        []participants.Participant
		name       string
		want, fail string
	}{
		"of the job's framework":    {all: []participants.Participant{anna, ann}, want: "ann@a.org"},
		"of another one alone":      {all: []participants.Participant{anna}, fail: `"anna" in namespace "fl" is an admin of flower, and the folder is not a job of that`},
		"of another one by name":    {all: []participants.Participant{anna, ann}, name: "anna", fail: "is not a job of that"},
		"the only one":              {all: []participants.Participant{client, ann}, want: "ann@a.org"},
		"by true name":              {all: []participants.Participant{ann, bob}, name: "bob@b.org", want: "bob@b.org"},
		"by object name":            {all: []participants.Participant{ann, bob}, name: kit.ObjectName("bob@b.org"), want: "bob@b.org"},
		"none":                      {all: []participants.Participant{client}, fail: "launch an admin's kit there"},
		"no participants":           {fail: "launch an admin's kit there"},
		"several":                   {all: []participants.Participant{ann, bob}, fail: "give one with --admin (ann@a.org, bob@b.org)"},
		"no such":                   {all: []participants.Participant{ann}, name: "eve@e.org", fail: `has no admin "eve@e.org"`},
		"a client's name":           {all: []participants.Participant{client}, name: "site-1", fail: "its admins: none"},
		"a framework without jobs":  {all: []participants.Participant{other}, fail: "quiet has no jobs: `kubectl flare job` handles those of flower or nvflare"},
		"one without and one with":  {all: []participants.Participant{other, ann}, want: "ann@a.org"},
		"without jobs, and clients": {all: []participants.Participant{other, client}, fail: "launch an admin's kit there"},
		"an unknown framework":      {all: []participants.Participant{unknown}, fail: "launch an admin's kit there"},
	}
	frameworks, err := workloads.NewRegistry(flower.Workloads{}, nvflare.Workloads{}, quiet{})
	require.NoError(t, err)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			folder := submitOptions{folder: folder{configurations: map[string]string{"nvflare": ""}}}
			got, err := choose(frameworks, tc.all, tc.name, "fl", folder.takes)
			if tc.fail != "" {
				require.ErrorContains(t, err, tc.fail)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got.Name)
		})
	}
}

func TestStudy(t *testing.T) {
	framework := func(w workloads.Workloads) *workloads.Framework {
		frameworks, err := workloads.NewRegistry(w)
		require.NoError(t, err)
		return frameworks.All()[0]
	}
	for name, tc := range map[string]struct {
		framework workloads.Workloads
		study     string
		fail      string
	}{
		"none":                        {nvflare.Workloads{}, "", ""},
		"none, in one without":        {flower.Workloads{}, "", ""},
		"one":                         {nvflare.Workloads{}, "cancer", ""},
		"a framework without studies": {flower.Workloads{}, "cancer", "--study: jobs of Flower belong to no study: leave it out"},
		"not a name":                  {nvflare.Workloads{}, "Cancer!", `--study: "Cancer!" is not a study`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := operator{framework: framework(tc.framework)}.driver(nil, tc.study)
			if tc.fail != "" {
				require.ErrorContains(t, err, tc.fail)
				return
			}
			require.NoError(t, err)
		})
	}
}

// quiet is a framework without jobs.
type quiet struct{}

func (quiet) Framework() string { return "quiet" }

func (quiet) Describe() workloads.Description {
	return workloads.Description{Title: "Quiet", Short: "Quiet", Image: "quiet:1", Roles: []kit.Role{"leaf"}}
}

func (quiet) Objects(workloads.Participant, acceptance.Verified) (*workloads.Set, error) {
	return &workloads.Set{}, nil
}

// printing gives options that print in the format, and what they have printed.
func printing(t *testing.T, args ...string) (options, *bytes.Buffer) {
	t.Helper()
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	o := options{streams: streams, view: output.NewView()}
	cmd := &cobra.Command{Use: "x"}
	o.view.AddFlags(cmd)
	require.NoError(t, cmd.ParseFlags(args))
	return o, out
}

func TestPrintList(t *testing.T) {
	list := workloads.JobList{
		Columns: []string{"Job-ID", "Name", "Status"},
		Jobs: []workloads.Job{{
			ID: "f5d41ae8", Cells: []string{"f5d41ae8", "numpy-fedavg", "FINISHED:COMPLETED"}, Fields: map[string]string{"job_name": "numpy-fedavg"},
		}},
	}
	for format, want := range map[string]string{
		"":                              "JOB-ID     NAME           STATUS\nf5d41ae8   numpy-fedavg   FINISHED:COMPLETED\n",
		"name":                          "f5d41ae8\n",
		"yaml":                          "apiVersion: kubectl-flare.dev/v1alpha1\nitems:\n- job_name: numpy-fedavg\nkind: JobList\n",
		"custom-columns=WHAT:.job_name": "WHAT\nnumpy-fedavg\n",
		"jsonpath={.items[0].job_name}": "numpy-fedavg",
	} {
		o, out := printing(t, "--output="+format)
		require.NoError(t, (&listOptions{o}).print(list))
		require.Equal(t, want, out.String())
	}
}

func TestPrintResult(t *testing.T) {
	r := result{JobID: "1", Status: "FINISHED:COMPLETED"}
	for format, want := range map[string]string{
		"":     "job 1 done\n",
		"name": "1\n",
		"yaml": "apiVersion: kubectl-flare.dev/v1alpha1\njobID: \"1\"\nkind: Job\nstatus: FINISHED:COMPLETED\n",
	} {
		o, out := printing(t, "--output="+format)
		require.NoError(t, o.print(r, "done"))
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
