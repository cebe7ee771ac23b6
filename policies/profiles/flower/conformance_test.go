package flower_test

import (
	"testing"

	framework "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

func TestConformance(t *testing.T) {
	profilestest.Run(t, profilestest.Suite{
		Profile: flower.Profile{}, Others: []profiles.Profile{nvflare.Profile{}, toy.Profile{}},
		Pods: append(pods(t, framework.DialectHTTP), pods(t, framework.DialectGRPC)...),
	})
}
