// Package rules compiles and evaluates a site's own rules: expressions in CEL, the
// language of Kubernetes' ValidatingAdmissionPolicy, with Kubernetes' own functions and
// cost limits. docs/rules.md describes the variables.
//
// Rules only add denials. A rule that cannot be evaluated denies.
package rules

import (
	"sync"

	"github.com/google/cel-go/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Budget is the cost that all rules of a policy together may have for one request: what
// Kubernetes gives to one expression (k8s.io/apiserver/pkg/apis/cel, v0.37), some tenths
// of a second. It bounds the time that the author of a large pod can take.
const Budget = celconfig.PerCallLimit

// Compiler compiles rules. It makes its environment when the first rule is compiled,
// since most programs and policies have none.
type Compiler struct {
	environment func() (*cel.Env, error)
}

// NewCompiler makes a compiler, which any number of goroutines may use.
func NewCompiler() *Compiler {
	return &Compiler{environment: sync.OnceValues(newEnvironment)}
}

// Set has the compiled rules of one policy. It does not change, and any number of
// goroutines may evaluate it. A nil Set has no rules.
type Set struct {
	rules  []rule
	policy any
}

type rule struct {
	name, expression, message string
	program                   cel.Program
}

// Len is the number of rules.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.rules)
}
