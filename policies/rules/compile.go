package rules

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Compile compiles the rules of a policy, which is valid otherwise. It returns an error
// for each expression that is not valid or not boolean, and no Set. The Set is nil if the
// policy has no rules.
func (c *Compiler) Compile(policy *v1alpha1.SitePolicy) (*Set, field.ErrorList) {
	if len(policy.Spec.Rules) == 0 {
		return nil, nil
	}
	at := field.NewPath("spec", "rules")
	env, err := c.environment()
	if err != nil {
		return nil, field.ErrorList{field.InternalError(at, err)}
	}
	set := &Set{rules: make([]rule, 0, len(policy.Spec.Rules))}
	var errs field.ErrorList
	for i, r := range policy.Spec.Rules {
		program, err := compile(env, r.Expression)
		if err != nil {
			errs = append(errs, field.Invalid(at.Index(i).Child("expression"), r.Expression, err.Error()))
			continue
		}
		set.rules = append(set.rules, rule{name: r.Name, expression: r.Expression, message: r.Message, program: program})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	// Evaluations share it, and the lazy values of other variables may not be shared.
	value, err := runtime.DefaultUnstructuredConverter.ToUnstructured(policy)
	if err != nil {
		return nil, field.ErrorList{field.InternalError(at, err)}
	}
	set.policy = value
	return set, nil
}

func compile(env *cel.Env, expression string) (cel.Program, error) {
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		return nil, issuesError{issues}
	}
	if t := ast.OutputType(); !t.IsExactType(cel.BoolType) {
		hint := ""
		if t.IsExactType(cel.DynType) {
			hint = `: compare it, for example with "== true"`
		}
		return nil, fmt.Errorf("must be boolean, but is of type %s%s", t, hint)
	}
	return env.Program(ast)
}

// maxIssues is how many mistakes of one expression are reported.
const maxIssues = 3

// issuesError is the mistakes in an expression, on one line.
type issuesError struct{ *cel.Issues }

func (e issuesError) Error() string {
	var lines []string
	for i, issue := range e.Errors() {
		if i == maxIssues {
			lines = append(lines, "and more")
			break
		}
		lines = append(lines, fmt.Sprintf("line %d, column %d: %s", issue.Location.Line(), issue.Location.Column()+1, issue.Message))
	}
	return strings.Join(lines, "; ")
}
