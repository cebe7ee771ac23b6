package policies_test

import (
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func create(pod *corev1.Pod, user string) policies.Attributes {
	return policies.Attributes{
		Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"},
		Namespace: pod.Namespace, Name: pod.Name, Object: pod, User: authenticationv1.UserInfo{Username: user},
	}
}

const controller = "system:serviceaccount:kube-system:replicaset-controller"

func TestOurOwnPodsPass(t *testing.T) {
	for _, role := range []string{"server", "client", "admin"} {
		t.Run(role, func(t *testing.T) {
			policy := policiestest.Policy(t)
			f := policiestest.Facts(policy)
			pod := mutation.Mutate(policiestest.LaunchPod(t, role), policy, f)
			if d := policies.Evaluate(create(pod, controller), policy, f); !d.Allowed {
				t.Error(d.Message())
			}
		})
	}
}

func TestLaunchersJobPodsPass(t *testing.T) {
	for _, role := range []string{"server", "client"} {
		t.Run(role, func(t *testing.T) {
			policy := policiestest.JobPolicy(t)
			f := policiestest.JobFacts(policy)
			raw := policiestest.JobPod(t, role)
			if d := policies.Evaluate(create(raw, policiestest.LauncherUser), policy, f); d.Allowed {
				t.Error("as the launcher made it, the pod is not hardened and has a copy of the key")
			}
			pod := mutation.Mutate(raw, policy, f)
			if d := policies.Evaluate(create(pod, policiestest.LauncherUser), policy, f); !d.Allowed {
				t.Error(d.Message())
			}
			if d := policies.Evaluate(create(pod, "alice"), policy, f); d.Allowed {
				t.Error("alice made a job pod")
			}
		})
	}
}

func TestOtherPodsPass(t *testing.T) {
	policy := policiestest.Policy(t)
	d := policies.Evaluate(create(policiestest.OtherPod(t), "alice"), policy, policiestest.Facts(policy))
	if !d.Allowed {
		t.Error(d.Message())
	}
}

func TestPolicyOfTheFixtureIsValid(t *testing.T) {
	for _, err := range v1alpha1.Validate(policiestest.Policy(t)) {
		t.Error(err)
	}
}
