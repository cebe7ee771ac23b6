package up_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the server knows of participants that something else runs is said at the end.
func TestUpWatchesExternalParticipants(t *testing.T) {
	c := newClusters(t)
	path := c.write(file + "  - {name: site-3, role: client, runtime: external}\n  - {name: site-4, role: client, runtime: external}\n")
	c.serverLog = "INFO - Client: New client site-3@10.0.0.7 joined. Sent token.  Total clients: 1\n"
	out, err := c.run("up", "-f", path)
	require.NoError(t, err, out)
	require.Contains(t, out, "site-3: runs elsewhere; is connected, according to the server's log\n")
	require.Contains(t, out, "site-4: runs elsewhere; is not connected, according to the server's log\n")
}

// Who holds one organization's part learns what must be open between it and the others.
func TestUpOnlyOrgChecksOpenings(t *testing.T) {
	c := newClusters(t, "localhost.example.invalid")
	out, err := c.run("up", "-f", c.write(file), "--only-org=hospital_b")
	require.NoError(t, err, out)
	require.Regexp(t, `Check: site-2 dial localhost.example.invalid:8002, which does not answer from here \(.*\): ask lab to open this port to the addresses of your cluster`, out)

	c = newClusters(t)
	out, err = c.run("up", "-f", c.write(file), "--only-org=lab")
	require.NoError(t, err, out)
	require.Contains(t, out, "Check: hospital_a, hospital_b dial "+host+":8002, a Service of this cluster")
}
