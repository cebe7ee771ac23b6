package flower_test

import (
	"testing"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/frameworkstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func sample(content *kit.Content, role kit.Role, name string) frameworkstest.Sample {
	return frameworkstest.Sample{
		Content: content, Now: time.Now(), Participant: name, Federation: flowertest.FederationName, Org: flowertest.Org, Role: role,
	}
}

func TestConformance(t *testing.T) {
	var samples []frameworkstest.Sample
	for _, version := range []string{flowertest.VersionGRPC, flowertest.VersionHTTP} {
		f := flowertest.New(t, version, "Site_1", "site-2")
		samples = append(samples,
			sample(f.Kit(flower.RoleServer, "superlink"), flower.RoleServer, "superlink"),
			sample(f.Kit(flower.RoleClient, "Site_1"), flower.RoleClient, "Site_1"),
			sample(f.Kit(flower.RoleAdmin, "anna@lab.example"), flower.RoleAdmin, "anna@lab.example"))
		samples = append(samples, sample(bare(t, f, "site-2"), flower.RoleClient, "site-2"))
	}
	frameworkstest.Run(t, flower.Framework{}, samples, nvflare.Framework{}, toy.Framework{})
}

// bare is the kit of a SuperNode without certificates, as that of a federation whose root's
// key is not at hand.
func bare(t *testing.T, f *flowertest.Federation, name string) *kit.Content {
	t.Helper()
	s := f.Spec(flower.RoleClient, name)
	c := f.Credentials(s)
	c.Certificate, c.Runtime, c.RuntimeKey = nil, nil, nil
	content, err := flower.Write(s, c, flower.DefaultLocal(s.Role))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
