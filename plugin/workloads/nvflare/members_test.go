package nvflare

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMember(t *testing.T) {
	for line, want := range map[string]string{
		"2026-01-01 - ClientManager - INFO - Client: New client site-1@10.0.0.7 joined. Sent token.  Total clients: 1": "+site-1",
		"\x1b[32mClient: Site_2 already registered. Re-login the client with a new token.\x1b[0m":                      "+Site_2",
		"Re-activate the client: site-1 at 10.0.0.7":                                                                   "+site-1",
		"Client Name:site-1 left.  Total clients: 0":                                                                   "-site-1",
		"Got the job: 1 from the scheduler to run":                                                                     "",
		"Try to schedule job 1, get result: (scheduled)":                                                               "",
		"connected sites (1) < min_sites (2) of a New job":                                                             "",
	} {
		name, joined, ok := Workloads{}.Member(line)
		got := ""
		if ok {
			got = map[bool]string{true: "+", false: "-"}[joined] + name
		}
		assert.Equal(t, want, got, line)
	}
}
