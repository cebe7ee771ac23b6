package workloads_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// said is a session in which every process writes the same, or fails.
type said struct {
	out string
	err error
}

func (s said) Exec(_ context.Context, c workloads.Command) error {
	return errors.Join(s.err, c.Stdout(strings.NewReader(s.out)))
}

type event struct {
	Name    string `json:"name"`
	Failure string `json:"failure"`
}

func script(s workloads.Session) workloads.Script[event] {
	return workloads.Script[event]{Session: s, Pod: "admin's pod", Args: []string{"run"}, Failure: func(e event) error {
		if e.Failure == "" {
			return nil
		}
		return errors.New(e.Failure)
	}}
}

func TestScript(t *testing.T) {
	var seen []string
	visit := func(e event) error {
		seen = append(seen, e.Name)
		return nil
	}
	s := script(said{out: `{"name": "a"}` + "\n" + `{"name": "b"}` + "\n"})
	require.NoError(t, s.Run(t.Context(), nil, visit))
	require.Equal(t, []string{"a", "b"}, seen)
	last, err := s.Last(t.Context(), nil, func(e event) bool { return e.Name == "b" })
	require.NoError(t, err)
	require.Equal(t, "b", last.Name)
	_, err = s.Last(t.Context(), nil, func(event) bool { return false })
	require.ErrorIs(t, err, workloads.ErrInterrupted, "the event that is asked for is missing")
	require.NoError(t, s.Exec(t.Context(), nil, func(out io.Reader) error {
		_, err := io.Copy(io.Discard, out)
		return err
	}))
}

func TestScriptErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		session said
		want    string
	}{
		"not JSON":             {said{out: "Traceback (most recent call last):\n"}, "the output of the admin's pod cannot be read"},
		"no event":             {said{}, "ended before the answer came"},
		"a failure":            {said{out: `{"failure": "no server"}` + "\n" + `{"name": "b"}`}, "no server"},
		"a line without bound": {said{out: `"` + strings.Repeat("x", workloads.MaxEvent+1)}, "too long"},
		"an exit code":         {said{out: `{"name": "a"}`, err: &workloads.ExitError{Code: 3, Stderr: "\x1b[31mKilled\x1b[0m"}}, "in the admin's pod, Python ended with exit code 3: Killed"},
	} {
		t.Run(name, func(t *testing.T) {
			err := script(tc.session).Run(t.Context(), nil, func(event) error { return nil })
			require.ErrorContains(t, err, tc.want)
		})
	}
	stop := errors.New("stop")
	require.ErrorIs(t, script(said{out: `{"name": "a"}`}).Run(t.Context(), nil, func(event) error { return stop }), stop)
}

func FuzzScript(f *testing.F) {
	f.Add(`{"name": "a"}` + "\n" + `{"failure": "x"}`)
	f.Add("{\"name\":1}\n\x00")
	f.Fuzz(func(t *testing.T, out string) {
		_ = script(said{out: out}).Run(t.Context(), nil, func(event) error { return nil })
	})
}

func TestReasons(t *testing.T) {
	var r workloads.Reasons
	require.Nil(t, r.All())
	for _, reason := range []string{"a", " a\t", "", "\x1b]0;b\x07c\nd"} {
		r.Add(reason)
	}
	require.Equal(t, []string{"a", "]0;b c\nd"}, r.All())
	for i := range 2 * workloads.MaxReasons {
		r.Add(strings.Repeat("x", i))
	}
	require.Len(t, r.All(), workloads.MaxReasons)
}

func TestReadLog(t *testing.T) {
	var lines []string
	log := "\x1b[31ma\x1b[0m \r\n" + strings.Repeat("x", 3<<20) + "\nb"
	require.NoError(t, workloads.ReadLog(strings.NewReader(log), func(line string) { lines = append(lines, line) }))
	require.Len(t, lines, 3)
	require.Equal(t, []string{"a", "b"}, []string{lines[0], lines[2]})
	require.Less(t, len(lines[1]), 2<<20)
	require.ErrorIs(t, workloads.ReadLog(broken{}, func(string) {}), io.ErrUnexpectedEOF)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAPIAnswer(t *testing.T) {
	for line, want := range map[string]string{
		`HTTP response body: {"kind":"Status","message":"denied"}`: "denied",
		`HTTP response body: upstream away`:                        "upstream away",
		`HTTP response body: {}`:                                   "{}",
		`HTTP response headers: {}`:                                "",
	} {
		got, ok := workloads.APIAnswer(line)
		require.Equal(t, want, got)
		require.Equal(t, want != "", ok)
	}
}
