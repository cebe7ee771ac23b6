package launch

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	flowerkits "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

const rejected = "\x1b[91mERROR \x1b[0m:     Exit Code: 305\n[code: 2004] Failed to activate SuperNode.\n"

// crashes has the SuperNode end again and again, with a line in its log.
func (b *bench) crashes(line string) (pod *corev1.Pod) {
	pod = &corev1.Pod{}
	b.plays(func(_ *appsv1.ReplicaSet, p *corev1.Pod) {
		waiting(p, "CrashLoopBackOff", "back-off 10s")
		p.Status.ContainerStatuses[0].Name = "supernode"
		p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1}
		p.DeepCopyInto(pod)
	})
	b.SetLog("site-1-pod", line)
	return pod
}

func (b *bench) node() []string {
	return []string{
		kittest.WriteContent(b.t, flowertest.New(b.t, flowertest.VersionHTTP, "site-1").Kit(flowerkits.RoleClient, "site-1")),
		"--image=registry.example.org/flower:1.42.0", "--server-namespace=fl",
	}
}

// A SuperLink counts a SuperNode that has crashed as online for a minute.
func TestRejectionPasses(t *testing.T) {
	b := newBench(t)
	pod := b.crashes(rejected)
	_, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		streams.Out = &trigger{Writer: streams.Out, text: "keeps ending", fire: func() {
			b.SetLog("site-1-pod", rejected+"INFO :      SuperNode ID: 7\n")
			running(pod, true)
			pod.Status.ContainerStatuses[0].Name = "supernode"
			b.Put(pod)
		}}
		return NewCommand(b.Clients("ns"), registries(), streams, clientstest.FastClock(t, time.Now()))
	}, b.node()...)
	require.NoError(t, err)
}

func TestRejectionStays(t *testing.T) {
	b := newBench(t)
	b.crashes(rejected)
	start := time.Now()
	clk := clientstest.FastClock(t, start)
	_, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(b.Clients("ns"), registries(), streams, clk)
	}, append(b.node(), "--timeout=1h")...)
	wants(t, err, `"site-1" in namespace "ns" does not start`, "Either the key is online already", "Or it is not registered", "--renew", "Exit Code: 305")
	require.GreaterOrEqual(t, clk.Since(start), time.Minute, "a minute must pass until the SuperLink forgets the SuperNode")
}

func TestRejectionThatDoesNotPass(t *testing.T) {
	b := newBench(t)
	b.crashes(`	details = "No SuperNode found with the given public key."`)
	_, _, err := b.launch(b.node()...)
	wants(t, err, "the SuperLink does not know the SuperNode's key", "launch the SuperLink again, which registers it")
}
