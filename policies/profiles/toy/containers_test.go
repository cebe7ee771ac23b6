package toy_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

func TestContainers(t *testing.T) {
	profilestest.RunContainers(t, toy.Profile{}, "testdata/containers.yaml")
}
