package launch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func TestParseData(t *testing.T) {
	got, err := launch.ParseData([]string{"ct-scans:/data/ct", "scratch:/scratch:rw", "pet-scans", "mr-scans"})
	require.NoError(t, err)
	require.Equal(t, []workloads.Data{{Claim: "ct-scans", MountPath: "/data/ct"}, {Claim: "scratch", MountPath: "/scratch", Writable: true}, {Claim: "pet-scans"}, {Claim: "mr-scans"}}, got)
	for value, want := range map[string]string{
		"ct-scans:":              "must be an absolute one",
		"CT:/data":               "the claim: ",
		":/data":                 "the claim: ",
		"ct-scans:data":          "must be an absolute one",
		"ct-scans:/":             "must be an absolute one",
		"ct-scans:/data/../etc":  "must be an absolute one",
		"ct-scans:/data/":        "must be an absolute one",
		"ct-scans:/data:ro":      "only :rw may follow",
		"ct-scans:/data:rw:more": "only :rw may follow",
	} {
		_, err := launch.ParseData([]string{value})
		require.ErrorContains(t, err, want, value)
	}
	_, err = launch.ParseData([]string{"a:/data", "b:/data"})
	require.ErrorContains(t, err, "given twice")
	_, err = launch.ParseData([]string{"a:/data", "a:/other"})
	require.ErrorContains(t, err, "given twice")
}
