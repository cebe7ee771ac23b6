package rules_test

import (
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/admission"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
)

// expression is a typical rule, in the words of a ValidatingAdmissionPolicy.
const expression = `object.spec.containers.all(c, c.image.startsWith("registry.example.org/") && has(c.securityContext) && c.securityContext.allowPrivilegeEscalation == false)
&& (!has(object.spec.hostNetwork) || !object.spec.hostNetwork) && request.operation == "CREATE"`

// BenchmarkRule evaluates one rule, and BenchmarkRules ten.
func BenchmarkRule(b *testing.B)  { compare(b, expression) }
func BenchmarkRules(b *testing.B) { compare(b, ten()...) }

func ten() []string {
	all := make([]string, 10)
	for i := range all {
		all[i] = expression
	}
	return all
}

func compare(b *testing.B, expressions ...string) {
	b.Helper()
	b.Run("flare", func(b *testing.B) {
		set, errs := rules.NewCompiler().Compile(withRules(b, expressions...))
		if len(errs) > 0 {
			b.Fatal(errs)
		}
		in := input(b)
		in.Object, in.Kit = policiestest.OtherPod(b), nil
		b.ReportAllocs()
		for b.Loop() {
			if failures := set.Evaluate(in); failures != nil {
				b.Fatal(failures)
			}
		}
	})
	b.Run("kubernetes", func(b *testing.B) { benchmarkKubernetes(b, expressions) })
}

// benchmarkKubernetes evaluates the expressions as the API server evaluates a
// ValidatingAdmissionPolicy, which also makes the request's variable for each request.
func benchmarkKubernetes(b *testing.B, expressions []string) {
	b.Helper()
	compiler := plugincel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	accessors := make([]plugincel.ExpressionAccessor, len(expressions))
	for i, e := range expressions {
		accessors[i] = &validating.ValidationCondition{Expression: e}
	}
	none := func() plugincel.ConditionEvaluator {
		return compiler.CompileCondition(nil, plugincel.OptionalVariableDeclarations{}, environment.StoredExpressions)
	}
	validator := validating.NewValidator(compiler.CompileCondition(accessors, plugincel.OptionalVariableDeclarations{}, environment.StoredExpressions),
		nil, none(), none(), new(admissionregistrationv1.Fail), nil)
	pod := policiestest.OtherPod(b)
	kind, resource := corev1.SchemeGroupVersion.WithKind("Pod"), corev1.SchemeGroupVersion.WithResource("pods")
	attributes := admission.NewAttributesRecord(pod, nil, kind, policiestest.Namespace, pod.Name, resource, "", admission.Create, &metav1.CreateOptions{}, false, &user.DefaultInfo{Name: "ann"})
	b.ReportAllocs()
	for b.Loop() {
		versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: kind, VersionedObject: admission.NewLazyObject(pod)}
		result := validator.Validate(b.Context(), resource, versioned, nil, nil, celconfig.RuntimeCELCostBudget, nil)
		for _, d := range result.Decisions {
			if d.Action != validating.ActionAdmit {
				b.Fatal(d)
			}
		}
	}
}
