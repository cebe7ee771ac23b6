package logs

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func cluster(t *testing.T, withPod bool) *clientstest.Server {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	server := clientstest.Start(t)
	for _, kit := range []*kittest.Kit{f.Client("Site_2", "hospital_b"), f.Admin("lead@hospital-a.org", "hospital_a", "lead")} {
		objects, err := clientstest.Launched("fl", kit.Read(), time.Now())
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
		return NewCommand(server.Flags("fl"), streams)
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
		"nobody":              {[]string{"site-9"}, "there are: Site_2, lead@hospital-a.org"},
		"an admin":            {[]string{"lead@hospital-a.org"}, "is an admin"},
		"no pod":              {[]string{"Site_2"}, "has no pod in namespace"},
		"every flag at once":  {[]string{"Site_2", "--tail=-2", "--since=1ms", "-f", "-p"}, "--tail"},
		"follow and previous": {[]string{"Site_2", "-f", "-p"}, "exclude each other"},
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
		root.AddCommand(NewCommand(cluster(t, false).Flags("fl"), streams))
		return root
	}, "__complete", "logs", "S")
	if err != nil || !strings.HasPrefix(out, "Site_2\tclient of demo\n:") {
		t.Errorf("got %q, %v", out, err)
	}
}
