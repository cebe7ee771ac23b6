package nvflare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

const (
	failedJob = "4c9aebcc-4957-4536-9ac7-b8ff4bc5e7ee"
	at        = "2026-11-28 08:25:07,004 - ClientK8sJobLauncher - "
)

// Code of a job can write to the log of its parent: not every record is read.
func TestWhyIsBounded(t *testing.T) {
	var log strings.Builder
	for i := range 3 * workloads.MaxReasons {
		fmt.Fprintf(&log, "%sERROR - failed to launch job %s: reason %d\n", at, failedJob, i)
	}
	got, err := Workloads{}.Why(strings.NewReader(log.String()), failedJob)
	require.NoError(t, err)
	require.Len(t, got, workloads.MaxReasons)
}

// The records are those of a client of NVFLARE 2.9.0, shortened.
func TestWhy(t *testing.T) {
	for name, tc := range map[string]struct {
		log  string
		want []string
	}{
		"a pod that is denied": {
			"\x1b[31m" + at + "ERROR - failed to launch job j" + failedJob + ": (403)\x1b[0m\nReason: Forbidden\nHTTP response headers: HTTPHeaderDict({})\n" +
				`HTTP response body: {"kind":"Status","message":"admission webhook \"pods.kubectl-flare.dev\" denied the request: SitePolicy x: no","code":403}` + "\n\n\n" +
				at + "INFO - Launched job " + failedJob + "\n",
			[]string{`admission webhook "pods.kubectl-flare.dev" denied the request: SitePolicy x: no`},
		},
		"twice": {
			strings.Repeat(at+"ERROR - failed to launch job "+failedJob+": (500)\nHTTP response body: no JSON\n", 2),
			[]string{"no JSON"},
		},
		"another job": {
			at + "ERROR - failed to launch job jdb53ae90-1229-476f-9dd8-3300457d0e3c: (403)\nHTTP response body: {\"message\":\"theirs\"}\n" +
				at + "WARNING - job jdb53ae90-1229-476f-9dd8-3300457d0e3c pod x: theirs\n",
			nil,
		},
		"an answer about something else": {
			at + "ERROR - failed to launch job " + failedJob + ": (403)\nReason: Forbidden\n" + at + "WARNING - failed to delete Secret: (404)\nHTTP response body: {\"message\":\"theirs\"}\n",
			nil,
		},
		"no answer":        {at + "ERROR - failed to launch job j" + failedJob + ": Max retries exceeded with url: /api\n", []string{"Max retries exceeded with url: /api"}},
		"a pod that fails": {at + "WARNING - job j" + failedJob + " pod j" + failedJob + "-site-1-f505dccd: pod startup failure: ErrImagePull not found\n", []string{"pod startup failure: ErrImagePull not found"}},
		"a job that sites do not take": {
			at + "ERROR - [identity=server]: Failed to run the Job (" + failedJob + "): RuntimeError: ('deploy failure', ['site-1: NVFLARE_ERROR: BYOC not permitted'])\n" +
				at + "ERROR - [identity=server]: Failed to run the Job (x): RuntimeError: theirs\n",
			[]string{"RuntimeError: ('deploy failure', ['site-1: BYOC not permitted'])"},
		},
		"a very long line": {
			at + "INFO - x\n" + strings.Repeat("x", 3<<20) + "\n" + at + "ERROR - failed to launch job " + failedJob + ": no image",
			[]string{"no image"},
		},
		"text for the terminal": {
			at + "ERROR - failed to launch job " + failedJob + ": (403)\nHTTP response body: {\"message\":\"a\\u001b]0;b\\u0007c\\nd\"}\n",
			[]string{"a ]0;b c\nd"},
		},
		"an empty log": {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Workloads{}.Why(strings.NewReader(tc.log), failedJob)
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}
