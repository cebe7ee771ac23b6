package nvflare_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

func TestConformance(t *testing.T) {
	const controller = "system:serviceaccount:kube-system:replicaset-controller"
	policy, jobs := policiestest.Policy(t), policiestest.JobPolicy(t)
	suite := profilestest.Suite{Profile: nvflare.Profile{}, Others: []profiles.Profile{toy.Profile{}}}
	for _, role := range []string{"server", "client", "admin"} {
		suite.Pods = append(suite.Pods, profilestest.Pod{
			Name: role, Pod: policiestest.LaunchPod(t, role), Policy: policy, Facts: policiestest.Facts(policy), User: controller,
		})
	}
	for _, role := range []string{"server", "client"} {
		suite.Pods = append(suite.Pods, profilestest.Pod{
			Name: role + "'s job", Pod: policiestest.JobPod(t, role), Policy: jobs, Facts: policiestest.JobFacts(jobs, role), User: policiestest.LauncherOf(role),
		})
	}
	profilestest.Run(t, suite)
}
