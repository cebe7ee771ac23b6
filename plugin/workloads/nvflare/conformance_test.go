package nvflare

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	profile "github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
)

var update = flag.Bool("update", false, "write the golden files, and the fixtures of policies")

const inCluster = "server1.fl-server.svc.cluster.local"

var notAfter = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func place(namespace string) workloads.Participant {
	return workloads.Participant{
		Namespace: namespace,
		Settings:  workloads.Settings{Image: "registry.example.org/nvflare:2.9.0", Storage: workloads.Storage{Size: resource.MustParse("1Gi")}},
	}
}

func newFederation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	options = append([]kittest.Option{kittest.WithDates(notAfter.AddDate(-1, 0, 0), notAfter)}, options...)
	return kittest.NewFederation(t, "lab_federation", options...)
}

func cases(t *testing.T) []workloadstest.Case {
	t.Helper()
	f := newFederation(t, kittest.WithAddress(inCluster, 8002))
	large := f.Client("Site_2", "hospital_b")
	sealed := large.Seal(t, f.Sealer("release"), func(o *kit.SealOptions) { o.Now = notAfter.AddDate(0, -6, 0) }).Read()
	accepted := func(k *kittest.Kit) acceptance.Verified { return workloadstest.Accept(t, k.Read()) }
	onVolume, err := workloadstest.Accept(t, sealed).On(kit.Volume{ClaimName: "flare-kits", SubPath: sealed.Folder("site-2")})
	require.NoError(t, err)
	p := place("fl-server")
	p.ImagePullSecrets = []string{"regcred"}
	p.KitImage = "registry.example.org/flare-kit@sha256:" + strings.Repeat("6d", 32)
	return []workloadstest.Case{
		{Name: "server", Participant: p, Kit: accepted(f.Server("server1", "lab", inCluster, "fl.example.org"))},
		{Name: "client", Participant: p, Kit: accepted(f.Client("Site_2", "hospital_b"))},
		{Name: "client-on-volume", Participant: p, Kit: onVolume},
		launcher(t, "server-launcher", p, f.Server("server1", "lab", inCluster)),
		launcher(t, "server-launcher-elsewhere", p, f.Server("server1", "lab", "fl.fl-server.svc.cluster.local")),
		launcher(t, "client-launcher", p, f.Client("Site_2", "hospital_b")),
		{Name: "admin", Participant: p, Kit: accepted(f.Admin("lead@hospital-a.org", "hospital_a", "lead"))},
	}
}

// launcher is a participant with the settings of a launcher in its kit.
func launcher(t *testing.T, name string, p workloads.Participant, made *kittest.Kit) workloadstest.Case {
	t.Helper()
	k := made.Read()
	var err error
	k.Local, err = Workloads{}.LauncherSettings(k, workloads.LauncherOptions{Namespace: p.Namespace, Image: p.Image, ImagePullSecrets: p.ImagePullSecrets})
	require.NoError(t, err)
	p.JobPods = true
	return workloadstest.Case{Name: name, Participant: p, Kit: workloadstest.Accept(t, k)}
}

func TestConformance(t *testing.T) {
	workloadstest.Run(t, workloadstest.Suite{
		Workloads: Workloads{}, Profile: profile.Profile{}, Now: notAfter.AddDate(0, -6, 0), Cases: cases(t), Update: *update,
		Signs: []workloadstest.Sign{
			{Name: "registered", Case: "client", Log: "starting\nINFO - Successfully registered client:Site_2 for project lab_federation. Token:x\n", Want: workloads.Joined},
			{Name: "ready is not registered", Case: "client", Ready: true, Log: "Trying to register\n", Want: workloads.NotJoined},
		},
	})
}

func kitOf(t *testing.T, c workloadstest.Case) *kit.Kit {
	t.Helper()
	k, err := c.Kit.Kit()
	require.NoError(t, err)
	return k
}

// fixtures are what launch writes, for tests of policies. Their digests are easy to tell
// apart.
func TestFixturesOfPolicies(t *testing.T) {
	digests := map[string][2]string{"server": {"a1", "1a"}, "client": {"b2", "2b"}, "admin": {"c3", "3c"}}
	for _, c := range cases(t) {
		digit, ok := digests[c.Name]
		if !ok {
			continue
		}
		set, err := Workloads{}.Objects(c.Participant, c.Kit)
		require.NoError(t, err)
		out, err := yaml.Marshal(set.Stages[len(set.Stages)-1][0])
		require.NoError(t, err)
		text := "# What `kubectl flare launch` writes for this role. Made by: go test ./plugin/workloads/nvflare -update\n" + string(out)
		path := filepath.Join("..", "..", "..", "policies", "testdata", "launch", c.Name+".yaml")
		workloadstest.Golden(t, path, workloadstest.Stable(text, kitOf(t, c), strings.Repeat(digit[0], 32), strings.Repeat(digit[1], 32)), *update)
	}
}

func TestFixturesAreThere(t *testing.T) {
	files, err := os.ReadDir(filepath.Join("..", "..", "..", "policies", "testdata", "launch"))
	require.NoError(t, err)
	require.Len(t, files, 3, "a fixture that is not generated")
}
