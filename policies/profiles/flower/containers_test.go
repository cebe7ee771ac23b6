package flower_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
)

func TestContainers(t *testing.T) {
	for _, file := range []string{"supernodes", "superlinks", "helpers", "tasks", "variables"} {
		t.Run(file, func(t *testing.T) {
			profilestest.RunContainers(t, flower.Profile{}, "testdata/"+file+".yaml")
		})
	}
}
