package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
)

// input is the creation of a participant's pod.
func input(t testing.TB) *rules.Input {
	t.Helper()
	return &rules.Input{
		Object: policiestest.LaunchPod(t, "client"),
		Request: &rules.Request{
			Operation: "CREATE", Namespace: policiestest.Namespace, Resource: rules.Resource{Resource: "pods"},
			UserInfo: authenticationv1.UserInfo{Username: "ann", Groups: []string{"operators"}},
		},
		Kit: &rules.Kit{Framework: "nvflare", Version: "2.9.0", Participant: "Site_2", Role: "client", PodRole: "job", Server: rules.Server{Host: "server1", Port: 8002}},
	}
}

// inputs are what the cases of testdata/evaluate.yaml are evaluated over.
func inputs(t *testing.T) map[string]*rules.Input {
	t.Helper()
	other := input(t)
	other.Object, other.Kit = policiestest.OtherPod(t), nil
	update := input(t)
	update.Request.Operation, update.OldObject = "UPDATE", update.Object.DeepCopy()
	update.OldObject.Labels = map[string]string{"project": "a"}
	set := input(t)
	set.Settings = map[string]any{"epsilon": 0.5, "retries": int64(3), "name": "x", "scopes": []any{"a", "b"}, "secure": true}
	set.Settings["several"], set.Settings["list"] = settings.Unknown{}, []string{"a", "b"}
	unclear := input(t)
	unclear.Unclear = true
	limits := input(t)
	limits.Object.Spec.Containers[0].Resources.Limits = corev1.ResourceList{"memory": resource.MustParse("2Gi")}
	return map[string]*rules.Input{"": input(t), "other": other, "update": update, "settings": set, "limits": limits, "unclear": unclear}
}

func TestEvaluate(t *testing.T) {
	compiler, all := rules.NewCompiler(), inputs(t)
	for _, c := range load[struct{ Name, Expression, Over, False, Error string }](t, "evaluate.yaml") {
		t.Run(c.Name, func(t *testing.T) {
			set, errs := compiler.Compile(withRules(t, c.Expression))
			require.NoError(t, errs.ToAggregate())
			require.Contains(t, all, c.Over)
			failures := set.Evaluate(all[c.Over])
			if c.False == "" && c.Error == "" {
				require.Empty(t, failures)
				return
			}
			require.Len(t, failures, 1)
			require.Equal(t, "rule-a", failures[0].Rule)
			require.Equal(t, "a message", failures[0].Message)
			require.Equal(t, c.Expression, failures[0].Expression)
			if c.Error == "" {
				require.NoError(t, failures[0].Err)
			} else {
				require.ErrorContains(t, failures[0].Err, c.Error)
			}
		})
	}
}

// costly is true and costs about as much as one expression may, over n variables.
func costly(t *testing.T, n int) *rules.Input {
	t.Helper()
	in := input(t)
	for range n {
		in.Object.Spec.Containers[0].Env = append(in.Object.Spec.Containers[0].Env, corev1.EnvVar{Name: "A", Value: "b"})
	}
	return in
}

const nested = `object.spec.containers[0].env.all(a, object.spec.containers[0].env.all(b, a.name != "" && b.name != ""))`

// An expression that costs too much denies, and so do rules that cost too much together;
// those after them are not evaluated.
func TestCost(t *testing.T) {
	compiler := rules.NewCompiler()
	one, errs := compiler.Compile(withRules(t, nested, "true"))
	require.Empty(t, errs)
	require.Empty(t, one.Evaluate(costly(t, 10)))
	failures := one.Evaluate(costly(t, 1000))
	require.Len(t, failures, 2)
	require.ErrorContains(t, failures[0].Err, "cost limit exceeded")
	require.ErrorContains(t, failures[1].Err, "cost too much together")

	many, errs := compiler.Compile(withRules(t, nested, nested, nested, nested))
	require.Empty(t, errs)
	failures = many.Evaluate(costly(t, 300))
	require.Len(t, failures, 1, "the first has enough")
	require.ErrorContains(t, failures[0].Err, "cost too much together")
}

// Evaluations share a Set.
func TestConcurrent(t *testing.T) {
	set, errs := rules.NewCompiler().Compile(withRules(t, `policy.spec.participants.exists(p, p == kit.participant) && object.spec.containers.all(c, c.name != "")`))
	require.Empty(t, errs)
	failures := make(chan []rules.Failure)
	for range 8 {
		in := input(t)
		go func() { failures <- set.Evaluate(in) }()
	}
	for range 8 {
		require.Empty(t, <-failures)
	}
}
