package compiled

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/rules"
)

func (p *Policy) addRules(compiler *rules.Compiler) (errs field.ErrorList) {
	p.rules, errs = compiler.Compile(p.source)
	return errs
}

// Rules are the site's own rules; nil if there are none.
func (p *Policy) Rules() *rules.Set { return p.rules }
