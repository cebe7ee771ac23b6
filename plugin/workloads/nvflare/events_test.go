package nvflare

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadEvents(t *testing.T) {
	stream := `{"event": "connecting", "server": "server1:8002"}
{"event": "status", "job_id": "1", "status": "RUNNING", "meta": {"name": "x"}}
{"event": "finished", "job_id": "1", "status": "FINISHED:COMPLETED"}
`
	var seen []string
	require.NoError(t, readEvents(strings.NewReader(stream), func(e event) error {
		seen = append(seen, e.Event+" "+e.Status)
		return nil
	}))
	require.Equal(t, []string{"connecting ", "status RUNNING", "finished FINISHED:COMPLETED"}, seen)
}

func TestReadEventsErrors(t *testing.T) {
	cases := map[string]struct{ stream, want string }{
		"not JSON":             {"Traceback (most recent call last):\n", "cannot be read"},
		"login":                {`{"event":"error","kind":"AuthenticationError","message":"bad cert"}`, "kubectl flare kit verify"},
		"permissions":          {`{"event":"error","kind":"AuthorizationError","message":"not allowed"}`, "does not allow this admin"},
		"server away":          {`{"event":"error","kind":"NoConnection","message":"no server"}`, "does not answer"},
		"no such job":          {`{"event":"error","kind":"JobNotFound","message":"x"}`, "kubectl flare job list"},
		"no job":               {`{"event":"error","kind":"InvalidJobDefinition","message":"no meta"}`, "rejects the job folder: no meta"},
		"job runs":             {`{"event":"error","kind":"JobNotDone","message":"x"}`, "has not finished"},
		"anything else":        {`{"event":"error","kind":"ValueError","message":"odd"}`, "ValueError: odd"},
		"no word":              {"", "ended before the answer came"},
		"a line without bound": {`"` + strings.Repeat("x", maxLine+1), "too long"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := readEvents(strings.NewReader(tc.stream), func(event) error { return nil })
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add(`{"event":"jobs","jobs":[{"job_id":"1"}]}`)
	f.Add(`{"event":"error","kind":"NoConnection","message":"x"}`)
	f.Add("{\"event\":1}\n\x00")
	f.Fuzz(func(_ *testing.T, stream string) {
		_ = readEvents(strings.NewReader(stream), func(event) error { return nil })
	})
}
