package launch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	flowerkits "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
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

// told is what a SuperNode of 1.36 logs, whatever the reason is. It goes on to run.
const told = "INFO :      Starting Flower SuperNode\n\x1b[91mERROR \x1b[0m:     <_InactiveRpcError of RPC that terminated with:\n" +
	"\tdetails = \"{\"code\": 2004, \"public_message\": \"Failed to activate SuperNode.\", \"public_details\": null}\"\n" +
	"RuntimeError: generator didn't yield\n\x1b[92mINFO \x1b[0m:      Starting Flower SuperExec\n"

// attempt is what a SuperLink logs.
const attempt = "\x1b[91mERROR \x1b[0m:     [/flwr.proto.Fleet/ActivateNode][ApiError:2004] Attempted to register SuperNode with public key: b'%s', exception: %s\n"

// rejects has a SuperLink of 1.36 reject a SuperNode, which goes on to run. It returns what launch
// says, and after how long.
func (b *bench) rejects(f *flowertest.Federation, superLink, register string) (time.Duration, error) {
	b.t.Helper()
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
		running(pod, false)
		pod.Status.ContainerStatuses[0].Name = "supernode"
	})
	b.superLink(flowertest.VersionGRPC)
	b.SetLog("site-1-pod", told)
	b.SetLog("superlink-pod/superlink", superLink)
	b.SetLog("superlink-pod/register", register)
	start := time.Now()
	clk := clientstest.FastClock(b.t, start)
	dir := kittest.WriteContent(b.t, f.Kit(flowerkits.RoleClient, "site-1"))
	_, _, err := clientstest.Run(b.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(b.Clients("ns"), registries(), streams, clk)
	}, dir, "--image=registry.example.org/flower:1.36.0", "--timeout=1h")
	return clk.Since(start), err
}

// patience is more than launch needs, also on a busy machine, and less than --timeout.
const patience = 30 * time.Minute

// attempts is the line of an attempt of a SuperNode.
func attempts(t *testing.T, f *flowertest.Federation, name, exception string) string {
	t.Helper()
	k, err := workloadstest.Frameworks(t).Read(f.Kit(flowerkits.RoleClient, name))
	require.NoError(t, err)
	key, err := pki.EncodePublicKey(k.Certificate.PublicKey)
	require.NoError(t, err)
	return fmt.Sprintf(attempt, strings.ReplaceAll(string(key), "\n", `\n`), exception)
}

// The SuperLink's own log says why it rejects a SuperNode.
func TestSuperLinkSaysWhy(t *testing.T) {
	f := flowertest.New(t, flowertest.VersionGRPC, "site-1", "site-2")
	const unknown, online = "No SuperNode found with the given public key.", "SuperNode with node ID 7 could not be activated."
	for name, tc := range map[string]struct {
		superLink, register string
		want, not           string
		waits               bool
	}{
		"not registered": {
			superLink: attempts(t, f, "site-1", online) + attempts(t, f, "site-1", unknown),
			want:      "the SuperLink does not know the SuperNode's key", not: "online already",
		},
		"online already": {
			superLink: attempts(t, f, "site-1", online) + attempts(t, f, "site-2", unknown),
			want:      "it is online already", not: "does not know", waits: true,
		},
		"removed": {
			superLink: attempts(t, f, "site-1", unknown),
			register:  "the SuperLink answers: done\nregister site-2: done\nregister site-1: its key was removed, and Flower never accepts it again: provision a new one with --renew=site-1\n",
			want:      "never accepts it again: provision a new one with --renew=site-1", not: "online already",
		},
		"another one": {superLink: attempts(t, f, "site-2", unknown), want: "Or it is not registered", waits: true},
		"silent":      {want: "Or it is not registered", waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			took, err := newBench(t).rejects(f, tc.superLink, tc.register)
			wants(t, err, `"site-1" in namespace "ns" is not registered`, tc.want, "generator didn't yield")
			if tc.not != "" {
				require.NotContains(t, err.Error(), tc.not)
			}
			require.Less(t, took, patience)
			if tc.waits {
				require.GreaterOrEqual(t, took, time.Minute)
			}
		})
	}
}

// A user of a site who may not read the SuperLink's log learns both causes at once.
func TestSuperLinkThatMayNotBeRead(t *testing.T) {
	f := flowertest.New(t, flowertest.VersionGRPC, "site-1")
	b := newBench(t)
	b.Deny = func(_, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "pods/log" && name == "superlink-pod" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, name, nil)
		}
		return nil
	}
	_, err := b.rejects(f, attempts(t, f, "site-1", "No SuperNode found with the given public key."), "")
	wants(t, err, "Either the key is online already", "Or it is not registered")
}

// A SuperNode of 1.42 ends. The reason in the SuperLink's log does not pass, so that launch ends, too.
func TestSuperLinkSaysWhyOneEnds(t *testing.T) {
	f := flowertest.New(t, flowertest.VersionHTTP, "site-1")
	b := newBench(t)
	b.crashes(rejected)
	b.superLink(flowertest.VersionHTTP)
	b.SetLog("superlink-pod/superlink", attempts(t, f, "site-1", "No SuperNode found with the given public key."))
	start := time.Now()
	clk := clientstest.FastClock(t, start)
	dir := kittest.WriteContent(t, f.Kit(flowerkits.RoleClient, "site-1"))
	_, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(b.Clients("ns"), registries(), streams, clk)
	}, dir, "--image=registry.example.org/flower:1.42.0", "--timeout=1h")
	wants(t, err, `"site-1" in namespace "ns" does not start`, "the SuperLink does not know the SuperNode's key", "Exit Code: 305")
	require.Less(t, clk.Since(start), patience)
}
