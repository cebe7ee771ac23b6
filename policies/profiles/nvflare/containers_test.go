package nvflare_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
)

func TestContainers(t *testing.T) {
	for _, file := range []string{"parents", "jobs", "admins", "others"} {
		t.Run(file, func(t *testing.T) {
			profilestest.RunContainers(t, nvflare.Profile{}, "testdata/"+file+".yaml")
		})
	}
}
