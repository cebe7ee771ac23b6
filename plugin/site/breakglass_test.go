package site

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// governedCluster has a governed namespace with its policy, and a free one.
func governedCluster(t *testing.T) *clientstest.Server {
	t.Helper()
	policy := policiestest.Policy(t)
	policy.APIVersion, policy.Kind = "kubectl-flare.dev/v1alpha1", "SitePolicy"
	policy.Annotations = map[string]string{"team": "a"}
	server := clientstest.Start(t,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "fl-site-1", Labels: map[string]string{names.LabelSitePolicy: "hospital-a"}}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "free"}})
	server.Put(policy)
	return server
}

func breakGlass(t *testing.T, server *clientstest.Server, args ...string) (out, errOut string, err error) {
	t.Helper()
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return newBreakGlassCommand(server.Clients(""), streams)
	}, args...)
}

func annotations(t *testing.T, server *clientstest.Server) map[string]string {
	t.Helper()
	policy, ok := server.Get("sitepolicies", "", "hospital-a")
	require.True(t, ok)
	return policy.GetAnnotations()
}

// It is opened for a time with a reason, and ended; nothing else of the policy changes.
func TestBreakGlass(t *testing.T) {
	server := governedCluster(t)
	out, errOut, err := breakGlass(t, server, "fl-site-1", "--reason=the client hangs", "--for=10m", "--dry-run=server")
	require.NoError(t, err, errOut)
	require.Equal(t, "sitepolicy.kubectl-flare.dev/hospital-a configured (server dry run)\n", out)
	require.Equal(t, map[string]string{"team": "a"}, annotations(t, server))

	out, errOut, err = breakGlass(t, server, "fl-site-1", "--reason=the client hangs", "--for=10m")
	require.NoError(t, err, errOut)
	require.Equal(t, "sitepolicy.kubectl-flare.dev/hospital-a configured\n", out)
	require.Contains(t, errOut, "kubectl flare site break-glass fl-site-1 --end")
	got := annotations(t, server)
	require.Equal(t, "the client hangs", got[names.AnnotationBreakGlassReason])
	until, err := time.Parse(time.RFC3339, got[names.AnnotationBreakGlassUntil])
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(10*time.Minute), until, time.Minute)

	out, _, err = breakGlass(t, server, "fl-site-1", "--end", "-o=name")
	require.NoError(t, err)
	require.Equal(t, "sitepolicy.kubectl-flare.dev/hospital-a\n", out)
	require.Equal(t, map[string]string{"team": "a"}, annotations(t, server))
	out, _, err = breakGlass(t, server, "fl-site-1", "--end", "--policy-name=hospital-a")
	require.NoError(t, err)
	require.Equal(t, "sitepolicy.kubectl-flare.dev/hospital-a unchanged\n", out)
}

func TestBreakGlassFlags(t *testing.T) {
	server := governedCluster(t)
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no reason":      {[]string{"fl-site-1"}, "--reason: the reason is missing"},
		"too long":       {[]string{"fl-site-1", "--reason=x", "--for=9h"}, "--for 9h0m0s is not possible: give a duration of at most 8h0m0s"},
		"no time":        {[]string{"fl-site-1", "--reason=x", "--for=0s"}, "--for 0s"},
		"both":           {[]string{"fl-site-1", "--reason=x", "--end"}, "--end cannot be combined"},
		"client":         {[]string{"fl-site-1", "--reason=x", "--dry-run=client"}, "use --dry-run=server"},
		"not governed":   {[]string{"free", "--reason=x"}, `namespace "free" has no SitePolicy`},
		"no namespace":   {[]string{"absent", "--reason=x"}, "absent"},
		"another policy": {[]string{"fl-site-1", "--reason=x", "--policy-name=absent"}, "sitepolicy.kubectl-flare.dev/absent: "},
	} {
		_, _, err := breakGlass(t, server, tc.args...)
		require.ErrorContains(t, err, tc.want, name)
	}
	require.Empty(t, server.Writes())
}

func TestBreakGlassCompletesGovernedNamespaces(t *testing.T) {
	complete := completeGoverned(governedCluster(t).Clients(""))
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	found, _ := complete(cmd, nil, "f")
	require.Equal(t, []string{"fl-site-1\thospital-a"}, found)
	found, _ = complete(cmd, []string{"fl-site-1"}, "")
	require.Empty(t, found)
}
