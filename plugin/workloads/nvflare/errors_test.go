package nvflare

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	ofJob   = "[identity=site-1, run=" + failedJob + ", peer=server1, peer_run=" + failedJob + ", task_name=train] - "
	ofOther = "[identity=site-1, run=db53ae90-1229-476f-9dd8-3300457d0e3c] - "
	when    = "2026-11-28 08:25:07,004 - "
)

// stack is the traceback of an exception, as a record of its own.
func stack(logger, exception string) string {
	return when + logger + " - ERROR - Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    run()\n" + exception + "\n\n"
}

// The records are those of NVFLARE 2.9.0, shortened.
func TestErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		log string
		// parent is what the log of the job's parent says, own what one of the job alone.
		parent, own []string
	}{
		"an exception": {
			when + "Trainer - ERROR - " + ofJob + "cannot train\n" + stack("Trainer", "ValueError: no data in /data/ct"),
			[]string{"cannot train", "ValueError: no data in /data/ct"}, []string{"cannot train", "ValueError: no data in /data/ct"},
		},
		"of another job": {
			when + "Trainer - ERROR - " + ofOther + "cannot train\n" + stack("Trainer", "ValueError: theirs"),
			nil, []string{"cannot train", "ValueError: theirs"},
		},
		"a traceback of another logger": {
			when + "Trainer - ERROR - " + ofJob + "cannot train\n" + stack("Cell", "OSError: theirs"),
			[]string{"cannot train"}, []string{"cannot train", "OSError: theirs"},
		},
		"one exception during another": {
			when + "Trainer - ERROR - " + ofJob + "x\n" + strings.TrimSuffix(stack("Trainer", "KeyError: 'a'"), "\n") +
				"\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"x.py\"\nRuntimeError: b\n",
			[]string{"x", "KeyError: 'a'", "RuntimeError: b"}, []string{"x", "KeyError: 'a'", "RuntimeError: b"},
		},
		"no error": {when + "Trainer - INFO - " + ofJob + "ValueError: no\nValueError: no\n", nil, nil},
		"a file of the job": {
			when + "worker_process - ERROR - FL client execution exception: ConfigError: Error processing '/workspace/" + failedJob + "/app_site-1/config/config_fed_client.json'\n",
			[]string{"FL client execution exception: ConfigError: Error processing '/workspace/" + failedJob + "/app_site-1/config/config_fed_client.json'"},
			[]string{"FL client execution exception: ConfigError: Error processing '/workspace/" + failedJob + "/app_site-1/config/config_fed_client.json'"},
		},
		"an empty log": {"", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Workloads{}.Why(strings.NewReader(tc.log), failedJob)
			require.NoError(t, err)
			require.Equal(t, tc.parent, got)
			require.Equal(t, tc.own, errorsIn(tc.log))
		})
	}
}
