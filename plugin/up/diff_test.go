package up_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// diff runs `kubectl flare diff`, which must end with the code.
func (c *clusters) diff(code int, args ...string) (string, error) {
	c.t.Helper()
	before := len(c.east.Writes()) + len(c.west.Writes())
	out, err := c.run(append([]string{"diff"}, args...)...)
	got := 0
	if exit, ok := errors.AsType[*output.ExitError](err); ok {
		got = exit.Code
	}
	require.Equal(c.t, code, got, "%s%v", out, err)
	require.Len(c.t, append(c.east.Writes(), c.west.Writes()...), before, "it changes nothing")
	return out, err
}

// diff shows what up would change, before and after it was run, and exits as kubectl diff does.
func TestDiff(t *testing.T) {
	c := newClusters(t)
	path := c.write(file)
	out, _ := c.diff(1, "-f", path)
	require.Contains(t, out, "east.apps.v1.Deployment.fl-server.server1")
	require.Contains(t, out, "\n+kind: Deployment")
	require.Regexp(t, `\n\+ +server.key: REDACTED \([0-9]+ bytes\)`, out)
	require.NotContains(t, out, "LS0tLS1CRUdJTi", "the key itself, in base64")

	_, err := c.run("up", "-f", path)
	require.NoError(t, err)
	out, _ = c.diff(0, "-f", path)
	require.Empty(t, out)

	out, _ = c.diff(1, "-f", path, "--image=registry.example.org/nvflare:2.9.1")
	require.Contains(t, out, "\n-        image: registry.example.org/nvflare:2.9.0\n+        image: registry.example.org/nvflare:2.9.1\n")
	require.Contains(t, out, "west.apps.v1.Deployment.fl-sites.site-2")
	require.NotContains(t, out, "Secret", "the kits stay")

	path = c.write(strings.Replace(file, "  - {name: site-2}\n", "", 1))
	out, _ = c.diff(0, "-f", path)
	require.Empty(t, out)
	out, _ = c.diff(1, "-f", path, "--prune")
	require.Contains(t, out, "\n-kind: Deployment")
	require.NotContains(t, out, "v1.PersistentVolumeClaim", "data is kept")
}

// A server that does not run yet is no reason not to show the differences of those that dial it.
func TestDiffBeforeTheServer(t *testing.T) {
	c := newClusters(t, "server1")
	path := c.write(strings.NewReplacer(", context: west, namespace: fl-sites", ", context: east, namespace: fl-server", "{name: server1, context: east, namespace: fl-server}", "{name: server1}").Replace(file))
	out, _ := c.diff(1, "-f", path)
	require.Contains(t, out, "east.apps.v1.Deployment.fl-server.site-1")
}

// An error of one participant hides no difference of the others.
func TestDiffFails(t *testing.T) {
	c := newClusters(t)
	c.west.Put(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "fl-sites", Name: "site-1"}})
	out, err := c.diff(2, "-f", c.write(file))
	require.ErrorContains(t, err, `site-1 (west/fl-sites): serviceaccount/site-1 exists in namespace "fl-sites" and was not created by kubectl flare`)
	require.Contains(t, out, "west.apps.v1.Deployment.fl-sites.site-2")
	for name, args := range map[string][]string{
		"no file": {}, "an unknown flag": {"--colour"}, "a file that is not there": {"-f", "nowhere.yaml"},
	} {
		t.Run(name, func(*testing.T) { c.diff(2, args...) })
	}
	t.Setenv("KUBECTL_EXTERNAL_DIFF", "no-such-program")
	_, err = c.diff(2, "-f", c.write(file))
	require.ErrorContains(t, err, "KUBECTL_EXTERNAL_DIFF names another program")
}
