package job

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

const job = "4c9aebcc-4957-4536-9ac7-b8ff4bc5e7ee"

// Every participant of the namespace that can says why. A user who may create no pods cannot ask the
// FL server.
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
	for name, id := range map[string]string{job + "-site-1-f505dccd": job, "of-another-job": "db53ae90-1229-476f-9dd8-3300457d0e3c"} {
		server.Put(&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "fl", Labels: map[string]string{names.LabelRole: "job"}},
			Spec:       corev1.PodSpec{NodeName: "a", Containers: []corev1.Container{{Name: "job", Args: []string{"-n", id}}}},
			Status: corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{
				{Name: "job", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled", Message: "a\x1b]0;b"}}},
			}},
		})
		server.SetLog(name, "2026-11-28 08:25:07,004 - ClientRunner - ERROR - [identity=site-1, run="+id+"] - ValueError: no data\n")
	}
	server.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
		if verb == "create" && resource == "pods" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", nil)
		}
		return nil
	}
	why := func(id string) (string, string, error) {
		return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
			return NewCommand(server.Clients("fl"), streams, testingclock.NewFakeClock(testStart), builtin.Default())
		}, "why", id)
	}
	out, errOut, err := why(job)
	require.NoError(t, err)
	pod := "pod " + job + "-site-1-f505dccd: "
	require.Equal(t, "site-1: no image\n"+pod+"pod "+job+"-site-1-f505dccd has ended\n"+pod+"container job ended with exit code 137 (OOMKilled): a ]0;b\n"+pod+"ValueError: no data\n", out)
	require.Contains(t, errOut, `Warning: "lead@hospital-a.org" could not ask the FL server about job `+job)

	_, _, err = why("ab53ae90-1229-476f-9dd8-3300457d0e3c")
	require.ErrorContains(t, err, `no participant of namespace "fl" says why job ab53ae90-1229-476f-9dd8-3300457d0e3c failed`)
}

// What the FL server says about a job begins with its status.
func TestWhyOfServer(t *testing.T) {
	for name, tc := range map[string]struct {
		state workloads.JobState
		want  []string
	}{
		"failed":    {workloads.JobState{Status: "FAILED", Ended: true, Reasons: []string{"ValueError: no data"}}, []string{"job 7 ended with status FAILED", "ValueError: no data"}},
		"aborted":   {workloads.JobState{Status: "STOPPED", Ended: true}, []string{"job 7 ended with status STOPPED"}},
		"completed": {workloads.JobState{Status: "DONE", Ended: true, Completed: true}, []string{"job 7 has completed: its status is DONE"}},
		"runs":      {workloads.JobState{Status: "RUNNING"}, []string{"job 7 has not ended: its status is RUNNING"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, ofServer("7", tc.state)) })
	}
}
