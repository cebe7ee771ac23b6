package job

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

const job = "4c9aebcc-4957-4536-9ac7-b8ff4bc5e7ee"

// Every participant of the namespace that can says why; the admin has no pod.
func TestWhy(t *testing.T) {
	server := clientstest.Start(t)
	f := kittest.NewFederation(t, "demo")
	for _, k := range []*kittest.Kit{f.Client("Site_2", "hospital_b"), f.Client("site-1", "hospital_a"), f.Admin("lead@hospital-a.org", "hospital_a", "lead")} {
		objects, err := clientstest.Launched("fl", workloadstest.Accept(t, k.Read()), time.Now())
		require.NoError(t, err)
		for _, obj := range objects {
			server.Put(obj)
			if d, ok := obj.(*appsv1.Deployment); ok {
				server.Put(clientstest.RunningPod(d, time.Now()))
			}
		}
	}
	server.SetLog("site-1-pod", "2026-11-28 08:25:07,004 - ClientK8sJobLauncher - ERROR - failed to launch job "+job+": no image\n")
	why := func(id string) (string, error) {
		out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
			return NewCommand(server.Clients("fl"), streams, testingclock.NewFakeClock(testStart), builtin.Default())
		}, "why", id)
		return out, err
	}
	out, err := why(job)
	require.NoError(t, err)
	require.Equal(t, "site-1: no image\n", out)

	_, err = why("db53ae90-1229-476f-9dd8-3300457d0e3c")
	require.ErrorContains(t, err, `no participant of namespace "fl" says why job db53ae90-1229-476f-9dd8-3300457d0e3c failed`)
}
