package nvflare

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// spoken is a session in which session.py answers every verb with the same events.
type spoken struct {
	says  string
	err   error
	words *[]string
	study *string
}

func (s spoken) Exec(_ context.Context, c workloads.Command) error {
	*s.words = append(*s.words, strings.Join(c.Args[5:], " "))
	if s.study != nil {
		*s.study = c.Args[4]
	}
	if s.err != nil {
		return s.err
	}
	return c.Stdout(strings.NewReader(s.says))
}

func speaking(says string) (workloads.JobDriver, *[]string) {
	words := &[]string{}
	return Workloads{}.Driver(spoken{says: says, words: words}), words
}

func TestSubmit(t *testing.T) {
	d, words := speaking(`{"event":"connecting"}` + "\n" + `{"event":"submitted","job_id":"7"}` + "\n")
	id, err := d.Submit(t.Context(), workloads.Submission{Name: "numpy", Archive: strings.NewReader("")})
	require.NoError(t, err)
	require.Equal(t, "7", id)
	require.Equal(t, []string{"submit numpy"}, *words)

	d, _ = speaking(`{"event":"connecting"}`)
	_, err = d.Submit(t.Context(), workloads.Submission{Name: "numpy", Archive: strings.NewReader("")})
	require.ErrorIs(t, err, workloads.ErrInterrupted)
}

func TestWait(t *testing.T) {
	for name, tc := range map[string]struct {
		says string
		want workloads.JobState
	}{
		"completed": {`{"event":"finished","status":"FINISHED:COMPLETED","meta":{"name":"x"}}`, workloads.JobState{Status: "FINISHED:COMPLETED", Ended: true, Completed: true, Meta: map[string]any{"name": "x"}}},
		"failed":    {`{"event":"finished","status":"FINISHED:EXECUTION_EXCEPTION"}`, workloads.JobState{Status: "FINISHED:EXECUTION_EXCEPTION", Ended: true}},
		"not taken": {
			`{"event":"finished","status":"FINISHED:FAILED_TO_RUN","meta":{"job_deploy_detail":["server: OK","site-1: NVFLARE_ERROR: BYOC not permitted","x\u001b: no",1]}}`,
			workloads.JobState{
				Status: "FINISHED:FAILED_TO_RUN", Ended: true, Reasons: []string{"site-1: BYOC not permitted", "x : no"},
				Meta: map[string]any{"job_deploy_detail": []any{"server: OK", "site-1: NVFLARE_ERROR: BYOC not permitted", "x\x1b: no", 1.0}},
			},
		},
		"an exception": {
			`{"event":"finished","status":"FINISHED:EXECUTION_EXCEPTION","errors":{"site-1":"2026-11-28 08:25:07,004 - Trainer - ERROR - no\u001bdata\n","server":"x\n"}}`,
			workloads.JobState{Status: "FINISHED:EXECUTION_EXCEPTION", Ended: true, Reasons: []string{"site-1: no data"}},
		},
		"still runs": {`{"event":"waiting","status":"RUNNING"}`, workloads.JobState{Status: "RUNNING"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, words := speaking(`{"event":"status","status":"RUNNING"}` + "\n" + tc.says)
			var progress []string
			got, err := d.Wait(t.Context(), "7", time.Minute, func(status string) { progress = append(progress, status) })
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			require.Equal(t, []string{"RUNNING"}, progress)
			require.Equal(t, []string{"wait 7 60"}, *words)
		})
	}
}

func TestInStudy(t *testing.T) {
	var study string
	s := spoken{says: `{"event":"submitted","job_id":"7"}`, words: &[]string{}, study: &study}
	d, err := Workloads{}.InStudy(s, "lung-cancer_2")
	require.NoError(t, err)
	_, err = d.Submit(t.Context(), workloads.Submission{Name: "numpy", Archive: strings.NewReader("")})
	require.NoError(t, err)
	require.Equal(t, "lung-cancer_2", study)
	for _, name := range []string{"-x", "x-", "X", "a b", strings.Repeat("a", 64)} {
		_, err := Workloads{}.InStudy(s, name)
		require.ErrorContains(t, err, "is not a study")
	}
}

func TestList(t *testing.T) {
	d, _ := speaking(`{"event":"jobs","jobs":[{"job_id":"7","job_name":"numpy","status":"RUNNING","submit_time":"2026-11-23T09:15:33+00:00","duration":"0:00:17"}]}`)
	list, err := d.List(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Jobs, 1)
	require.Equal(t, "7", list.Jobs[0].ID)
	require.Equal(t, []string{"7", "numpy", "RUNNING", "2026-11-23T09:15:33+00:00", "0:00:17", ""}, list.Jobs[0].Cells)
	require.Len(t, list.Columns, 6)

	d, _ = speaking(`{"event":"jobs","jobs":[7]}`)
	_, err = d.List(t.Context())
	require.ErrorContains(t, err, "list of jobs cannot be read")
}

func TestDownload(t *testing.T) {
	d, words := speaking(`{"event":"downloaded","folder":"/kit/transfer/7"}`)
	var got string
	require.NoError(t, d.Download(t.Context(), "7", func(tar io.Reader) error {
		data, err := io.ReadAll(tar)
		got = string(data)
		return err
	}))
	require.Contains(t, got, "downloaded")
	require.Equal(t, []string{"download 7", "pack /kit/transfer/7"}, *words)
}

func TestPythonFails(t *testing.T) {
	d := Workloads{}.Driver(spoken{err: &workloads.ExitError{Code: 1, Stderr: "\x1b[31mno module\x1b[0m"}, words: &[]string{}})
	require.EqualError(t, d.Abort(t.Context(), "7"), "in the admin's pod, Python ended with exit code 1: no module")
}

func TestCheckJob(t *testing.T) {
	meta := fstest.MapFS{"meta.conf": &fstest.MapFile{}}
	require.NoError(t, Workloads{}.CheckJob("numpy-1", meta))
	require.ErrorContains(t, Workloads{}.CheckJob("my job", meta), "rename it")
	require.ErrorContains(t, Workloads{}.CheckJob("numpy", fstest.MapFS{}), "it has no meta.json, meta.conf, meta.yml")
}
