package rules

import (
	"errors"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Failure says that a rule denies a request.
type Failure struct {
	// Rule is the rule's name, Expression and Message are its own.
	Rule, Expression, Message string
	// Err says why the rule could not be evaluated. It is nil if the rule is false.
	Err error
}

// errBudget is the error of the first rule with which all rules cost too much. Those after
// it are not evaluated.
var errBudget = errors.New("the rules of the policy cost too much together")

// Evaluate evaluates all rules and returns those that deny.
func (s *Set) Evaluate(in *Input) []Failure {
	if s.Len() == 0 {
		return nil
	}
	variables := &activation{Input: in, policy: s.policy, wrapped: make(map[string]any, 2)}
	var failures []Failure
	left := uint64(Budget)
	for i := range s.rules {
		r := &s.rules[i]
		if left == 0 {
			return append(failures, r.failure(errBudget))
		}
		ok, cost, err := r.evaluate(variables)
		if err == nil && cost > left {
			return append(failures, r.failure(errBudget))
		}
		if err != nil || !ok {
			failures = append(failures, r.failure(err))
		}
		left -= min(left, cost)
	}
	return failures
}

func (r *rule) failure(err error) Failure {
	return Failure{Rule: r.name, Expression: r.expression, Message: r.message, Err: err}
}

// evaluate also returns the cost. An evaluation that was stopped had the highest cost.
func (r *rule) evaluate(variables cel.Activation) (ok bool, cost uint64, err error) {
	value, details, err := r.program.Eval(variables)
	if err != nil {
		return false, costOf(details), err
	}
	boolean, isBool := value.(types.Bool)
	if !isBool {
		return false, costOf(details), errors.New("its value is not boolean")
	}
	return bool(boolean), costOf(details), nil
}

func costOf(details *cel.EvalDetails) uint64 {
	if details != nil && details.ActualCost() != nil {
		return *details.ActualCost()
	}
	return celconfig.PerCallLimit
}
