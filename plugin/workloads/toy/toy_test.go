package toy_test

import (
	"flag"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	frameworktoy "github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	profile "github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

var update = flag.Bool("update", false, "write the golden files")

func TestConformance(t *testing.T) {
	p := workloads.Participant{Namespace: "fl", Settings: workloads.Settings{Image: "registry.example.org/toy:1.0", Storage: workloads.Storage{Size: resource.MustParse("1Gi")}}}
	workloadstest.Run(t, workloadstest.Suite{
		Workloads: toy.Workloads{}, Profile: profile.Profile{}, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Update: *update,
		Cases: []workloadstest.Case{
			{Name: "hub", Participant: p, Kit: workloadstest.Toy(t, frameworktoy.RoleHub, "hub-1")},
			{Name: "leaf", Participant: p, Kit: workloadstest.Toy(t, frameworktoy.RoleLeaf, "Leaf_1")},
		},
		Signs: []workloadstest.Sign{
			{Name: "a ready hub", Case: "hub", Ready: true, Want: workloads.Joined},
			{Name: "a hub says so", Case: "hub", Body: `{"joined":true}`, Want: workloads.Joined},
			{Name: "a hub says no", Case: "hub", Body: `{"joined":false}`, Want: workloads.NotJoined},
			{Name: "a ready leaf", Case: "leaf", Ready: true, Want: workloads.Joined},
			{Name: "a leaf is silent", Case: "leaf", Want: workloads.NotJoined},
			{Name: "a leaf talks nonsense", Case: "leaf", Body: `{"joined":"true"}`, Want: workloads.NotJoined},
		},
	})
}
