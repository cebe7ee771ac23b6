package logs

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	toyworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func cluster(t *testing.T, withPod bool) *clientstest.Server {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	server := clientstest.Start(t)
	for _, k := range []*kittest.Kit{f.Client("Site_2", "hospital_b"), f.Admin("lead@hospital-a.org", "hospital_a", "lead")} {
		objects, err := clientstest.Launched("fl", workloadstest.Accept(t, k.Read()), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range objects {
			server.Put(obj)
			if d, ok := obj.(*appsv1.Deployment); ok && withPod {
				server.Put(clientstest.RunningPod(d, time.Now()))
			}
		}
	}
	server.SetLog("site-2-809cb9ad-pod", "\x1b[32mhello\x1b[0m\nworld\n")
	return server
}

func run(t *testing.T, server *clientstest.Server, args ...string) (string, error) {
	t.Helper()
	out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(server.Clients("fl"), streams)
	}, args...)
	return out, err
}

func TestLogsByEitherName(t *testing.T) {
	server := cluster(t, true)
	for _, name := range []string{"Site_2", "site-2-809cb9ad"} {
		out, err := run(t, server, name)
		if err != nil || out != "hello\nworld\n" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no such participant": {[]string{"site-9"}, "its participants are Site_2, lead@hospital-a.org"},
		"an admin":            {[]string{"lead@hospital-a.org"}, "has the role admin"},
		"no pod":              {[]string{"Site_2"}, "has no pod in namespace"},
		"every flag at once":  {[]string{"Site_2", "--tail=-2", "--since=1ms", "-f", "-p"}, "--tail"},
		"follow and previous": {[]string{"Site_2", "-f", "-p"}, "cannot be combined"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, cluster(t, false), tc.args...)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNamesComplete(t *testing.T) {
	root := &cobra.Command{Use: "x"}
	out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		root.AddCommand(NewCommand(cluster(t, false).Clients("fl"), streams))
		return root
	}, "__complete", "logs", "S")
	if err != nil || !strings.HasPrefix(out, "Site_2\tclient of demo\n:") {
		t.Errorf("got %q, %v", out, err)
	}
}

// several is a cluster with a participant of two workloads, whose pods have two
// containers each.
func several(t *testing.T) *clientstest.Server {
	t.Helper()
	server := clientstest.Start(t)
	objects, err := clientstest.LaunchedAs(toyworkloads.Workloads{}, "fl", workloadstest.Toy(t, toy.RoleLeaf, "leaf-1"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, obj := range objects {
		server.Put(obj)
		if d, ok := obj.(*appsv1.Deployment); ok {
			server.Put(clientstest.RunningPod(d, time.Now()))
		}
	}
	server.SetLog("leaf-1-pod/toy", "\x1b[32mone\x1b[0m\ntwo")
	server.SetLog("leaf-1-pod/relay", "three\n")
	server.SetLog("leaf-1-worker-pod/toy", strings.Repeat("x", maxLine+1)+"\n")
	server.SetLog("leaf-1-worker-pod/relay", "four\n")
	return server
}

func TestSeveralContainers(t *testing.T) {
	long := "[pod/leaf-1-worker-pod/toy] " + strings.Repeat("x", maxLine) + "\n[pod/leaf-1-worker-pod/toy] x\n"
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"all": {nil, "[pod/leaf-1-pod/toy] one\n[pod/leaf-1-pod/toy] two\n[pod/leaf-1-pod/relay] three\n" +
			long + "[pod/leaf-1-worker-pod/relay] four\n"},
		"one of each pod": {[]string{"-c", "relay"}, "[pod/leaf-1-pod/relay] three\n[pod/leaf-1-worker-pod/relay] four\n"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, several(t), append([]string{"leaf-1"}, tc.args...)...)
			if err != nil || out != tc.want {
				t.Errorf("error %v, out:\n%.500s", err, out)
			}
		})
	}
	_, err := run(t, several(t), "leaf-1", "-c", "nginx")
	if err == nil || !strings.Contains(err.Error(), `"leaf-1" has no container "nginx": it has toy, relay`) {
		t.Errorf("got %v", err)
	}
}

// One of two workloads has no pod: its absence is said, the other's log is printed.
func TestOneWorkloadHasNoPod(t *testing.T) {
	server := clientstest.Start(t)
	objects, err := clientstest.LaunchedAs(toyworkloads.Workloads{}, "fl", workloadstest.Toy(t, toy.RoleLeaf, "leaf-1"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, obj := range objects {
		server.Put(obj)
		if d, ok := obj.(*appsv1.Deployment); ok && d.Name == "leaf-1" {
			server.Put(clientstest.RunningPod(d, time.Now()))
		}
	}
	server.SetLog("leaf-1-pod", "hello\n")
	out, errOut, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(server.Clients("fl"), streams)
	}, "leaf-1", "-c", "toy")
	if err != nil || out != "hello\n" || !strings.Contains(errOut, "kubectl describe deployment leaf-1-worker -n fl") {
		t.Errorf("out %q, errOut %q, error %v", out, errOut, err)
	}
}
