package compiled

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// placement has the classes, nodes, annotations and variables that a policy lists. Its maps
// are nil if the policy lists nothing.
type placement struct {
	runtimeClasses, priorityClasses, annotations, variables, caBundles map[string]bool

	nodeLabels  map[string][]string
	tolerations map[string][]v1alpha1.AllowedToleration
}

func (p *Policy) addPlacement() {
	spec := &p.source.Spec
	if spec.Environment != nil {
		p.placement.variables, p.placement.caBundles = setOf(spec.Environment.Allowed), setOf(spec.Environment.CABundles)
	}
	rules := spec.Placement
	if rules == nil {
		return
	}
	p.placement.runtimeClasses, p.placement.priorityClasses = setOf(rules.RuntimeClasses), setOf(rules.PriorityClasses)
	p.placement.annotations = setOf(rules.Annotations)
	p.placement.nodeLabels = make(map[string][]string, len(rules.NodeSelector))
	for _, label := range rules.NodeSelector {
		p.placement.nodeLabels[label.Key] = label.Values
	}
	p.placement.tolerations = make(map[string][]v1alpha1.AllowedToleration, len(rules.Tolerations))
	for _, t := range rules.Tolerations {
		p.placement.tolerations[t.Key] = append(p.placement.tolerations[t.Key], t)
	}
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// AllowsRuntimeClass says whether pods may use a RuntimeClass.
func (p *Policy) AllowsRuntimeClass(name string) bool { return p.placement.runtimeClasses[name] }

// AllowsPriorityClass says whether pods may use a PriorityClass.
func (p *Policy) AllowsPriorityClass(name string) bool { return p.placement.priorityClasses[name] }

// AllowsNodeLabel says whether pods may select nodes by a label.
func (p *Policy) AllowsNodeLabel(key, value string) bool {
	return slices.Contains(p.placement.nodeLabels[key], value)
}

// AllowsToleration says whether the policy lists a toleration, or one that covers it. Its
// seconds do not matter.
func (p *Policy) AllowsToleration(t *corev1.Toleration) bool {
	for _, allowed := range p.placement.tolerations[t.Key] {
		if allowed.Effect != "" && allowed.Effect != t.Effect {
			continue
		}
		equal := t.Operator == "" || t.Operator == corev1.TolerationOpEqual
		if allowed.Operator == corev1.TolerationOpExists || (equal && t.Value == allowed.Value) {
			return true
		}
	}
	return false
}

// AllowsAnnotation says whether the policy lists the key of an annotation, or its
// prefix.
func (p *Policy) AllowsAnnotation(key string) bool {
	if p.placement.annotations[key] {
		return true
	}
	prefix, _, ok := strings.Cut(key, "/")
	return ok && p.placement.annotations[prefix+"/"]
}

// AllowsVariable says whether containers may have a variable that their framework does not
// use.
func (p *Policy) AllowsVariable(name string) bool { return p.placement.variables[name] }

// AllowsCABundle says whether containers may have the authorities of a ConfigMap.
func (p *Policy) AllowsCABundle(configMap string) bool { return p.placement.caBundles[configMap] }
