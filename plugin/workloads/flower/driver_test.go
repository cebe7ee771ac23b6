package flower

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// spoken is a session in which session.py answers every verb with the same events.
type spoken struct {
	says  string
	err   error
	words *[]string
}

func (s spoken) Exec(_ context.Context, c workloads.Command) error {
	*s.words = append(*s.words, strings.Join(c.Args[3:], " "))
	if s.err != nil {
		return s.err
	}
	return c.Stdout(strings.NewReader(s.says))
}

func speaking(says string) (workloads.JobDriver, *[]string) {
	words := &[]string{}
	return Workloads{}.Driver(spoken{says: says, words: words}), words
}

const (
	run       = "16598894163019151598"
	submitted = `{"event": "submitted", "run": "16598894163019151598"}`
)

func TestSubmit(t *testing.T) {
	for _, says := range []string{submitted, strings.ReplaceAll(submitted, `"`+run+`"`, run)} {
		d, words := speaking(says)
		id, err := d.Submit(t.Context(), workloads.Submission{Name: "fedavg", Archive: strings.NewReader("")})
		require.NoError(t, err)
		require.Equal(t, run, id, "as a text and as a number, which no float can hold")
		require.Equal(t, []string{"submit fedavg"}, *words)
	}
	d, words := speaking(submitted)
	_, err := d.Submit(t.Context(), workloads.Submission{Name: "fedavg", Configuration: "a = 1\n"})
	require.NoError(t, err)
	require.Equal(t, []string{"submit fedavg a = 1\n"}, *words)
	d, _ = speaking("")
	_, err = d.Submit(t.Context(), workloads.Submission{})
	require.ErrorIs(t, err, workloads.ErrInterrupted)
	d, _ = speaking(submitted[:20])
	_, err = d.Submit(t.Context(), workloads.Submission{})
	require.ErrorContains(t, err, "cannot be read")
}

// A run that fails has the reasons that the SuperLink knows, each once.
func TestWait(t *testing.T) {
	says, err := os.ReadFile("testdata/wait-failed.jsonl")
	require.NoError(t, err)
	d, words := speaking(string(says))
	var seen []string
	state, err := d.Wait(t.Context(), "4705050265880022334", time.Minute, func(status string) { seen = append(seen, status) })
	require.NoError(t, err)
	assert.Equal(t, []string{"running", "finished:failed"}, seen)
	assert.Equal(t, []string{"wait 4705050265880022334 60"}, *words)
	assert.True(t, state.Ended)
	assert.False(t, state.Completed)
	assert.Equal(t, []string{
		"ServerApp failed with exception: list index out of range",
		"SuperNode 753326377826505059: <class 'KeyError'>:<''add''>",
		"SuperNode 8724804723603878970: <class 'KeyError'>:<''add''>",
		"IndexError: list index out of range",
	}, state.Reasons)
	assert.Equal(t, "lab/fedavg", state.Meta["fab-id"])

	d, _ = speaking(`{"event": "finished", "row": {"run-id": 1, "status": "finished:completed"}, "log": ""}`)
	state, err = d.Wait(t.Context(), "1", time.Minute, nil)
	require.NoError(t, err)
	assert.True(t, state.Ended && state.Completed)
	d, _ = speaking(`{"event": "waiting", "row": {"run-id": "1", "status": "running"}}`)
	state, err = d.Wait(t.Context(), "1", time.Minute, nil)
	require.NoError(t, err)
	assert.Equal(t, "running", state.Status)
	assert.False(t, state.Ended)
}

func TestList(t *testing.T) {
	d, words := speaking(`{"event": "run", "row": {"run-id": "16598894163019151598", "fab-id": "lab/fedavg", "fab-version": "1.0.0", "status": "running", "elapsed": 65.5, "pending-at": "2026-11-28 12:36:33Z"}}` + "\n" + `{"event": "listed"}`)
	list, err := d.List(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Jobs, 1)
	assert.Len(t, list.Columns, len(list.Jobs[0].Cells))
	assert.Equal(t, []string{run, "lab/fedavg", "1.0.0", "running", "2026-11-28 12:36:33Z", "1m5s"}, list.Jobs[0].Cells)
	data, err := json.Marshal(list.Jobs[0].Fields)
	require.NoError(t, err)
	assert.Contains(t, string(data), `"run-id":"16598894163019151598"`)
	assert.Equal(t, []string{"listing"}, *words)
	d, _ = speaking(`{"event": "run", "row": {}}`)
	_, err = d.List(t.Context())
	require.ErrorIs(t, err, workloads.ErrInterrupted, "a list that has no end")
}

func TestDownloadLogsAbort(t *testing.T) {
	d, words := speaking(`{"event": "downloaded", "folder": "/work/1"}`)
	require.NoError(t, d.Download(t.Context(), "1", func(stream io.Reader) error {
		_, err := io.Copy(io.Discard, stream)
		return err
	}))
	assert.Equal(t, []string{"download 1", "pack /work/1"}, *words)
	d, words = speaking(`{"event": "log", "log": "\u001b[92mINFO \u001b[0m: a\nb"}`)
	var out bytes.Buffer
	require.NoError(t, d.(workloads.JobLogger).Logs(t.Context(), "1", &out))
	assert.Equal(t, "INFO : a\nb\n", out.String())
	assert.Equal(t, []string{"log 1"}, *words)
	d, words = speaking(`{"event": "stopped"}`)
	require.NoError(t, d.Abort(t.Context(), "1"))
	assert.Equal(t, []string{"abort 1"}, *words)
}

// What is no ID of a run never reaches the command line of flwr.
func TestIDs(t *testing.T) {
	for _, id := range []string{"", "-1", "--help", "1.5", "01", "18446744073709551616", "a"} {
		d, words := speaking("")
		_, err := d.Wait(t.Context(), id, time.Second, nil)
		for _, err := range []error{
			err, d.Abort(t.Context(), id), d.Download(t.Context(), id, nil), d.(workloads.JobLogger).Logs(t.Context(), id, io.Discard),
		} {
			require.ErrorContains(t, err, "is not the ID of a run")
		}
		assert.Empty(t, *words)
	}
}

// The messages are those of flwr 1.36.0 and 1.42.0.
func TestFailures(t *testing.T) {
	const progress = "Using SuperLink: federation (127.0.0.1:9093)\n Listing all runs...\n\n"
	for message, want := range map[string]string{
		progress + "Connection to the SuperLink is unavailable. Please check your network connection and 'address' in the SuperLink connection configuration.":                                                              "the FL server does not answer: Connection to the SuperLink is unavailable. Please",
		progress + "Server error '502 Bad Gateway' for url 'http://127.0.0.1:9093/v1/control/list-runs'\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/502":                          "the FL server does not answer: Server error '502 Bad Gateway' for url 'http://127.0.0.1:9093/v1/control/list-runs'; check",
		progress + "Client error '403 Forbidden' for url 'http://127.0.0.1:9093/v1/control/list-runs'":                                                                                                                      "the SuperLink does not accept the scientist's kit: Client error '403 Forbidden'",
		"Using SuperLink: federation (127.0.0.1:9093)\n Stopping run ID 17...\n\n[code: 16] Run ID not found.":                                                                                                              "the SuperLink has no such run: list its runs with",
		"Using SuperLink: federation (127.0.0.1:9093)\n Stopping run ID 1...\n\n[code: 18] Run is already finished.":                                                                                                        "the SuperLink failed: Run is already finished",
		"Using SuperLink: federation (127.0.0.1:9093)\n\n[code: 15] Invalid run configuration.":                                                                                                                             "the SuperLink failed: Invalid run configuration",
		"\nFailed to load Flower App configuration in '/work/fed/pyproject.toml'. File may be missing or invalid.":                                                                                                          "the app cannot be bundled: Failed to load",
		"\nInvalid Flower App configuration in '/work/fed/pyproject.toml':\n- Unable to find attribute nothing in module fedavg.server\n\n\nThe object reference string should have the form <module>:<attribute>. Valid\n": "the app cannot be bundled: Invalid Flower App configuration in '/work/fed/pyproject.toml': - Unable to find attribute nothing in module fedavg.server",
		"FAB size exceeds maximum allowed size of 10,485,760 bytes. To reduce package size, narrow `fab-include` or add `fab-exclude` patterns in [tool.flwr.app].":                                                         "the app cannot be bundled: FAB size exceeds",
		"the run has not finished: its status is running": "the run has not finished: its status is running; wait for it with",
	} {
		d, _ := speaking(`{"event": "error", "message": ` + quoted(t, message) + `}`)
		_, err := d.List(t.Context())
		require.ErrorContains(t, err, want)
		assert.Equal(t, strings.HasPrefix(want, "the FL server does not answer"), errors.Is(err, workloads.ErrUnreachable))
		assert.NotContains(t, err.Error(), "\n")
	}
	words := &[]string{}
	_, err := Workloads{}.Driver(spoken{err: &workloads.ExitError{Code: 1, Stderr: "Traceback"}, words: words}).List(t.Context())
	require.ErrorContains(t, err, "ended with exit code 1: Traceback")
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	require.NoError(t, err)
	return string(data)
}

// TestWhy reads the log of a SuperNode 1.42.0 whose apps failed in two runs.
func TestWhy(t *testing.T) {
	log, err := os.ReadFile("testdata/supernode.log")
	require.NoError(t, err)
	for id, want := range map[string][]string{run: {"KeyError: 'add'"}, "4705050265880022334": {"ValueError: another run's"}, "7": nil} {
		got, err := Workloads{}.Why(bytes.NewReader(log), id)
		require.NoError(t, err)
		assert.Equal(t, want, got, id)
	}
	got, err := Workloads{}.Why(strings.NewReader("ERROR :     Executor failed to launch task_id 9. Reason: pods \"flwr-taskexecutor-9\" is forbidden: image not allowed\x1b[31m Existing task expiry handling will apply.\n"+
		strings.Repeat("x", 2<<20)+"\n"), run)
	require.NoError(t, err)
	assert.Equal(t, []string{`task 9, of this run or another, did not start: pods "flwr-taskexecutor-9" is forbidden: image not allowed`}, got)
}

// TestWhyDenied reads the log of a SuperExec 1.42.0 whose pods the API server did not create.
func TestWhyDenied(t *testing.T) {
	log, err := os.ReadFile("testdata/superexec.log")
	require.NoError(t, err)
	got, err := Workloads{}.Why(bytes.NewReader(log), run)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`task 1170809209980214856, of this run or another, did not start: pods "flwr-taskexecutor-1170809209980214856" is forbidden: violates PodSecurity "restricted:latest": restricted volume types (volume "host" uses restricted volume type "hostPath")`,
		`task 7, of this run or another, did not start: ApiException: (500)`,
		`task 9, of this run or another, did not start: MaxRetryError: no route to host`,
	}, got)
}

// TestWhyRejected reads the logs of a SuperLink and a SuperNode 1.36.0 whose key is not registered.
func TestWhyRejected(t *testing.T) {
	log, err := os.ReadFile("testdata/supernode-rejected.log")
	require.NoError(t, err)
	got, err := Workloads{}.Why(bytes.NewReader(log), run)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Contains(t, got[0], "the SuperLink does not accept the SuperNode's key")
	got, err = Workloads{}.Why(bytes.NewReader(append(log, "INFO :      SuperNode ID: 7\n"...)), run)
	require.NoError(t, err)
	assert.Empty(t, got, "a SuperNode that has joined since")

	log, err = os.ReadFile("testdata/superlink.log")
	require.NoError(t, err)
	for id, want := range map[string]int{"3333562614459018089": 1, "1003746538342998277": 1, "7": 0} {
		got, err = Workloads{}.Why(bytes.NewReader(log), id)
		require.NoError(t, err)
		require.Len(t, got, want, id)
		for _, reason := range got {
			assert.Contains(t, reason, "a SuperNode whose key has the fingerprint ce40ac4020b332142c2ffd2a07f29c9bdaa9412a69267b3311e5b970ab45f21a did not join: the SuperLink does not know the SuperNode's key")
		}
	}
}

func FuzzWhy(f *testing.F) {
	log, err := os.ReadFile("testdata/supernode.log")
	require.NoError(f, err)
	f.Add(log)
	log, err = os.ReadFile("testdata/superexec.log")
	require.NoError(f, err)
	f.Add(log)
	f.Fuzz(func(t *testing.T, log []byte) {
		reasons, err := Workloads{}.Why(bytes.NewReader(log), run)
		require.NoError(t, err)
		require.LessOrEqual(t, len(reasons), workloads.MaxReasons)
		for _, reason := range reasons {
			require.False(t, strings.ContainsAny(reason, "\x1b\r\x00"))
		}
	})
}
