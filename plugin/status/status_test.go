package status

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	toyworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var now = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

const inCluster = "server1.fl.svc.cluster.local"

// launched puts participants into a server, with the pods of those that have one.
func launched(t *testing.T, namespace string, kits ...*kittest.Kit) *clientstest.Server {
	t.Helper()
	server := clientstest.Start(t)
	for _, k := range kits {
		objects, err := clientstest.Launched(namespace, workloadstest.Accept(t, k.Read()), now.Add(-90*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range objects {
			if d, ok := obj.(*appsv1.Deployment); ok {
				d.Status.ReadyReplicas = 1
				server.Put(clientstest.RunningPod(d, now.Add(-time.Hour)))
			}
			server.Put(obj)
		}
	}
	return server
}

func federation(t *testing.T, days int) *kittest.Federation {
	t.Helper()
	notAfter := now.Add(time.Duration(days)*24*time.Hour + time.Hour)
	return kittest.NewFederation(t, "demo", kittest.WithAddress(inCluster, 8002), kittest.WithDates(now.AddDate(-2, 0, 0), notAfter))
}

func run(t *testing.T, server *clientstest.Server, namespace string, args ...string) (out, errOut string, err error) {
	t.Helper()
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(server.Clients(namespace), streams, testingclock.NewFakePassiveClock(now), builtin.Default())
	}, args...)
}

func short(k *kittest.Kit) string { return k.Read().Digest()[:shortDigest] }

func TestTable(t *testing.T) {
	f := federation(t, 30)
	server1, site, lead := f.Server("server1", "lab", inCluster), f.Client("Site_2", "hospital_b"), f.Admin("lead@hospital-a.org", "hospital_a", "lead")
	s := launched(t, "fl", server1, site, lead)
	s.SetLog("site-2-809cb9ad-pod", "2030-01-01T11:00:01Z \x1b[32mSuccessfully registered client:Site_2 for project demo.\x1b[0m\n")
	out, _, err := run(t, s, "fl")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"PARTICIPANT", "ROLE", "READY", "REGISTERED", "KIT", "DAYS-LEFT", "AGE"},
		{"Site_2", "client", "1/1", "yes", short(site), "30", "90m"},
		{"lead@hospital-a.org", "admin", "-", "-", short(lead), "30", "90m"},
		{"server1", "server", "1/1", "-", short(server1), "30", "90m"},
	}
	var got [][]string
	for line := range strings.Lines(out) {
		got = append(got, strings.Fields(line))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRegisteredUnknown(t *testing.T) {
	const pod = "site-1-pod"
	for name, tc := range map[string]struct {
		log       string
		forbidden bool
		want      string
	}{
		"no line yet":           {log: "2030-01-01T11:00:01Z starting\n", want: "no"},
		"empty":                 {want: "no"},
		"rotated":               {log: "2030-01-01T11:45:00Z round 3\n", want: "unknown"},
		"too long":              {log: strings.Repeat("2030-01-01T11:00:01Z x\n", 1<<16), want: "unknown"},
		"may not be read":       {forbidden: true, want: "unknown"},
		"of another federation": {log: "2030-01-01T11:00:01Z Successfully registered client:site-1 for project demo2.\n", want: "no"},
		"registered":            {log: "2030-01-01T11:00:01Z Successfully registered client:site-1 for project demo.\n", want: "yes"},
	} {
		t.Run(name, func(t *testing.T) {
			s := launched(t, "fl", federation(t, 30).Client("site-1", "hospital_a"))
			s.SetLog(pod, tc.log)
			s.Deny = func(_, resource, name string, _ bool) *apierrors.StatusError {
				if tc.forbidden && resource == "pods/log" {
					return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, name, errors.New("no"))
				}
				return nil
			}
			out, _, err := run(t, s, "fl", "--no-headers")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Fields(out)[3]; got != tc.want {
				t.Errorf("REGISTERED is %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDaysLeft(t *testing.T) {
	for days, want := range map[int]string{0: "0", 1: "1", 359: "359", -1: "expired"} {
		t.Run(want, func(t *testing.T) {
			s := launched(t, "fl", federation(t, days).Client("site-1", "hospital_a"))
			out, _, err := run(t, s, "fl", "--no-headers")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Fields(out)[5]; got != want {
				t.Errorf("DAYS-LEFT is %q", got)
			}
		})
	}
}

func TestAllNamespacesWide(t *testing.T) {
	s := launched(t, "fl", federation(t, 30).Client("site-1", "hospital_a"))
	out, _, err := run(t, s, "elsewhere", "-A", "-o", "wide")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NAMESPACE", "fl ", "FEDERATION", "demo", "hospital_a", "registry.example.org/nvflare:2.9.0", "site-1-pod", "node0"} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in:\n%s", want, out)
		}
	}
}

func TestJSON(t *testing.T) {
	k := federation(t, 30).Client("Site_2", "hospital_b")
	out, _, err := run(t, launched(t, "fl", k), "fl", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []Item }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	want := []Item{{
		Participant: "Site_2", Namespace: "fl", ObjectName: kit.ObjectName("Site_2"), Framework: "nvflare", Role: "client",
		Federation: "demo", Org: "hospital_b", Ready: "1/1", Registered: "no", KitDigest: k.Read().Digest(),
		NotAfter: "2030-01-31T13:00:00Z", DaysLeft: new(30), Image: "registry.example.org/nvflare:2.9.0",
		Pod: "site-2-809cb9ad-pod", Node: "node0", Created: now.Add(-90 * time.Minute),
		Workloads: []Workload{{
			Kind: "Deployment", Name: "site-2-809cb9ad", Ready: "1/1", Image: "registry.example.org/nvflare:2.9.0",
			Pod: "site-2-809cb9ad-pod", Node: "node0",
		}},
	}}
	if diff := cmp.Diff(want, list.Items, cmpopts.IgnoreUnexported(Workload{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNoParticipants(t *testing.T) {
	out, errOut, err := run(t, clientstest.Start(t), "fl")
	if err != nil || out != "" || errOut != "No participants found in namespace \"fl\"\n" {
		t.Errorf("out %q, errOut %q, error %v", out, errOut, err)
	}
}

func TestUnknownOutput(t *testing.T) {
	_, _, err := run(t, clientstest.Start(t), "fl", "-o", "xml")
	if err == nil || !strings.Contains(err.Error(), `unable to match a printer suitable for the output format "xml"`) {
		t.Errorf("got %v", err)
	}
}

// The roles of people include no permission to read Secrets.
func TestStatusReadsNoSecret(t *testing.T) {
	s := launched(t, "fl", federation(t, 30).Client("site-1", "hospital_a"))
	s.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
		if resource == "secrets" {
			t.Errorf("%s secrets", verb)
		}
		return nil
	}
	if _, _, err := run(t, s, "fl"); err != nil {
		t.Fatal(err)
	}
}

// A participant with two workloads has a row for each, and joins with the first.
func TestSeveralWorkloads(t *testing.T) {
	s := clientstest.Start(t)
	frameworks, err := workloads.NewRegistry(toyworkloads.Workloads{})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := clientstest.LaunchedAs(toyworkloads.Workloads{}, "fl", workloadstest.Toy(t, toy.RoleLeaf, "leaf-1"), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, obj := range objects {
		if d, ok := obj.(*appsv1.Deployment); ok && d.Name == "leaf-1" {
			pod := clientstest.RunningPod(d, now)
			pod.Status.ContainerStatuses[0].Ready = false
			s.Put(pod)
		}
		s.Put(obj)
	}
	status := func(args ...string) string {
		out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
			return NewCommand(s.Clients("fl"), streams, testingclock.NewFakePassiveClock(now), frameworks)
		}, args...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(out), " ")
	}
	if got, want := status("--no-headers"), "leaf-1 leaf 0/1 no"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q first", got, want)
	}
	s.SetBody("leaf-1-pod:9000", `{"joined":true}`)
	got := status("--no-headers", "-o", "wide")
	for _, want := range []string{"leaf-1 leaf 0/1 yes", "leaf-1 leaf-1-pod node0", "leaf-1 leaf 0/1 - ", "leaf-1-worker - -"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in %q", want, got)
		}
	}
	if json := status("-o", "json"); !strings.Contains(json, `"ready": "0/2", "registered": "yes"`) {
		t.Errorf("got %s", json)
	}
}

// Objects of a framework that this version of the plugin does not know are shown.
func TestUnknownFramework(t *testing.T) {
	s := launched(t, "fl", federation(t, 30).Client("site-1", "hospital_a"))
	out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(s.Clients("fl"), streams, testingclock.NewFakePassiveClock(now), &workloads.Registry{})
	}, "--no-headers")
	if err != nil || !strings.HasPrefix(strings.Join(strings.Fields(out), " "), "site-1 client 1/1 - ") {
		t.Errorf("error %v, got %q", err, out)
	}
}
