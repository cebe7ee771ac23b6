package policies_test

import (
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

func create(pod *corev1.Pod, user string) policies.Review {
	return policies.Review{
		Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"},
		Namespace: pod.Namespace, Name: pod.Name, Object: pod, User: authenticationv1.UserInfo{Username: user},
	}
}

const controller = "system:serviceaccount:kube-system:replicaset-controller"

func TestOurOwnPodsPass(t *testing.T) {
	for _, role := range []string{"server", "client", "admin"} {
		t.Run(role, func(t *testing.T) {
			policy := policiestest.Policy(t)
			f, site := policiestest.Facts(policy), policiestest.Compile(t, policy)
			pod := site.Mutate(policiestest.LaunchPod(t, role), f)
			if d := site.Evaluate(create(pod, controller), f); !d.Allowed {
				t.Error(d.Message())
			}
		})
	}
}

func TestLaunchersJobPodsPass(t *testing.T) {
	for _, role := range []string{"server", "client"} {
		t.Run(role, func(t *testing.T) {
			policy := policiestest.JobPolicy(t)
			f, site := policiestest.JobFacts(policy, role), policiestest.Compile(t, policy)
			raw := policiestest.JobPod(t, role)
			if d := site.Evaluate(create(raw, policiestest.LauncherOf(role)), f); d.Allowed {
				t.Error("as the launcher made it, the pod is not hardened and has a copy of the key")
			}
			pod := site.Mutate(raw, f)
			if d := site.Evaluate(create(pod, policiestest.LauncherOf(role)), f); !d.Allowed {
				t.Error(d.Message())
			}
			if d := site.Evaluate(create(pod, "alice"), f); d.Allowed {
				t.Error("alice made a job pod")
			}
		})
	}
}

func TestOtherPodsPass(t *testing.T) {
	policy := policiestest.Policy(t)
	d := policiestest.Compile(t, policy).Evaluate(create(policiestest.OtherPod(t), "alice"), policiestest.Facts(policy))
	if !d.Allowed {
		t.Error(d.Message())
	}
}

func TestPolicyOfTheFixtureIsValid(t *testing.T) {
	policiestest.Compile(t, policiestest.Policy(t))
}
