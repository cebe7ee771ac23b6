package flower

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	profile "github.com/kubectl-flare/kubectl-flare/policies/profiles/flower"
)

var update = flag.Bool("update", false, "write the golden files")

var notAfter = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// dialects are the versions of the lab by the dialect.
func dialects() map[string]string {
	return map[string]string{"grpc": flowertest.VersionGRPC, "http": flowertest.VersionHTTP}
}

// accepted is the kit of a participant that dials the SuperLink in namespace fl-server.
func accepted(t *testing.T, version string, role kit.Role, name string, change ...func(*flower.Spec)) acceptance.Verified {
	t.Helper()
	f := flowertest.Until(t, notAfter, version, "Site_2", "site-1")
	s := f.Spec(role, name)
	s.SuperLink, s.Names = "superlink.fl-server.svc.cluster.local:9092", nil
	if role != flower.RoleClient {
		s.Control = "superlink-control.fl-server.svc.cluster.local:9093"
	}
	for _, c := range change {
		c(&s)
	}
	content, err := flower.Write(s, f.Credentials(s), flower.DefaultLocal(role))
	require.NoError(t, err)
	k, err := workloadstest.Frameworks(t).Read(content)
	require.NoError(t, err)
	return workloadstest.Accept(t, k)
}

func place() workloads.Participant {
	return workloads.Participant{
		Namespace: "fl-server",
		Settings: workloads.Settings{
			Image: "registry.example.org/flower:1.42.0", ImagePullSecrets: []string{"regcred"}, Storage: workloads.Storage{Size: resource.MustParse("1Gi")},
		},
	}
}

func cases(t *testing.T) []workloadstest.Case {
	t.Helper()
	var all []workloadstest.Case
	for dialect, version := range dialects() {
		p := place()
		p.Image = "registry.example.org/flower:" + version
		apart := p
		apart.JobContainer = true
		apart.Resources = workloads.Resources{CPU: resource.MustParse("4"), Memory: resource.MustParse("8Gi")}
		server := accepted(t, version, flower.RoleServer, "superlink")
		client := accepted(t, version, flower.RoleClient, "Site_2")
		all = append(all,
			workloadstest.Case{Name: "superlink-" + dialect, Participant: p, Kit: server},
			workloadstest.Case{Name: "superlink-apart-" + dialect, Participant: apart, Kit: server},
			workloadstest.Case{Name: "supernode-" + dialect, Participant: p, Kit: client},
			workloadstest.Case{Name: "supernode-apart-" + dialect, Participant: apart, Kit: client},
			launcher(t, "supernode-launcher-"+dialect, p, client),
			workloadstest.Case{Name: "admin-" + dialect, Participant: p, Kit: accepted(t, version, flower.RoleAdmin, "lead@hospital-a.org")},
		)
	}
	return all
}

// launcher is a SuperNode with the settings of a launcher in its kit.
func launcher(t *testing.T, name string, p workloads.Participant, accepted acceptance.Verified) workloadstest.Case {
	t.Helper()
	k, err := accepted.Kit()
	require.NoError(t, err)
	changed := *k
	p.JobPods = true
	changed.Local, err = Workloads{}.LauncherSettings(&changed, workloads.LauncherOptions{Namespace: p.Namespace, Image: p.Image, ImagePullSecrets: p.ImagePullSecrets})
	require.NoError(t, err)
	return workloadstest.Case{Name: name, Participant: p, Kit: workloadstest.Accept(t, &changed)}
}

func TestConformance(t *testing.T) {
	workloadstest.Run(t, workloadstest.Suite{
		Workloads: Workloads{}, Profile: profile.Profile{}, Now: notAfter.AddDate(0, -6, 0), Cases: cases(t), Update: *update,
		Signs: []workloadstest.Sign{
			{Name: "activated", Case: "supernode-http", Log: "\x1b[92mINFO \x1b[0m:      SuperNode ID: 5084160734677653519\n", Want: workloads.Joined},
			{Name: "ready is not activated", Case: "supernode-grpc", Ready: true, Log: "Starting Flower SuperNode\n", Want: workloads.NotJoined},
		},
	})
}
