package nvflare_test

import (
	"testing"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/frameworkstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestConformance(t *testing.T) {
	var samples []frameworkstest.Sample
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		f := newFederation(t, kittest.WithFamily(family))
		for _, one := range []struct {
			kit *kittest.Kit
			org string
		}{
			{f.Server("server1", "lab", "server1.fl.svc"), "lab"}, {f.Client("Site_2", "b"), "b"}, {f.Admin("lead@a.org", "a", "lead"), "a"},
		} {
			k := one.kit.Read()
			samples = append(samples, frameworkstest.Sample{
				Content: &k.Content, Now: time.Now(), Participant: one.kit.Certificate.Subject.CommonName, Federation: "demo", Org: one.org, Role: k.Role,
			})
		}
	}
	frameworkstest.Run(t, nvflare.Framework{}, samples, toy.Framework{})
}
