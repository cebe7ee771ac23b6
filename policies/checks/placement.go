package checks

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
)

// placement allows participants only the classes, nodes and tolerations of the policy: a
// RuntimeClass can give access to every device of a node, pods with a PriorityClass can
// preempt others, and node selectors and tolerations lead to nodes that are not meant for
// participants. annotations.go evaluates annotations.
//
// Fields: runtimeClassName, priorityClassName, priority, preemptionPolicy, nodeSelector, tolerations;
// metadata.annotations.
func placement(p *Pod) []Result {
	results := annotations(p)
	if !p.closed() {
		return results
	}
	if name := p.Spec.RuntimeClassName; name != nil && *name != "" && !p.Site.AllowsRuntimeClass(*name) {
		results = append(results, p.unlisted("runtimeClassName", "the RuntimeClass is not allowed", "runtimeClasses", *name))
	}
	results = append(results, p.priorityProblems()...)
	results = append(results, p.nodeProblems()...)
	for i := range p.Spec.Tolerations {
		if t := &p.Spec.Tolerations[i]; !p.tolerates(t) {
			results = append(results, p.unlisted(indexed("tolerations", i), "the toleration is not allowed", "tolerations", describeToleration(t)))
		}
	}
	return results
}

// unlisted is a result about a value that is not in the list of this name in the policy.
func (p *Pod) unlisted(field, reason, list, value string) Result {
	return p.fail(IDPlacement, field, reason, "remove it, or add it to spec.placement."+list+" of the policy", "%s", quote(value))
}

// priorityProblems evaluates the class and, without one, the priority: Kubernetes overwrites
// it, but only if its admission plugin Priority is enabled.
func (p *Pod) priorityProblems() []Result {
	name := p.Spec.PriorityClassName
	if name != "" {
		if p.Site.AllowsPriorityClass(name) {
			return nil
		}
		return []Result{p.unlisted("priorityClassName", "the PriorityClass is not allowed", "priorityClasses", name)}
	}
	const fix = "remove it, or use a PriorityClass in spec.placement.priorityClasses of the policy"
	if n := p.Spec.Priority; n != nil && *n > 0 {
		return []Result{p.fail(IDPlacement, "priority", "a priority without a class", fix, "%d", *n)}
	}
	if how := p.Spec.PreemptionPolicy; how != nil && *how != corev1.PreemptLowerPriority && *how != corev1.PreemptNever {
		return []Result{p.fail(IDPlacement, "preemptionPolicy", "the preemption policy is unknown", fix, "%s", quote(string(*how)))}
	}
	return nil
}

// nodeProblems always allows the labels for the operating system and the architecture of an
// image.
func (p *Pod) nodeProblems() []Result {
	var results []Result
	for key, value := range p.Spec.NodeSelector {
		if key == corev1.LabelArchStable || (key == corev1.LabelOSStable && value == string(corev1.Linux)) || p.Site.AllowsNodeLabel(key, value) {
			continue
		}
		results = append(results, p.unlisted("nodeSelector", "the node selector is not allowed", "nodeSelector", key+"="+value))
	}
	sortByDetail(results)
	return results
}

// tolerates allows the tolerations of the policy and those that Kubernetes adds.
func (p *Pod) tolerates(t *corev1.Toleration) bool {
	return isDefaultToleration(t) || p.Site.AllowsToleration(t) || p.ownDevice(t)
}

// isDefaultToleration recognises the two that the admission plugin DefaultTolerationSeconds
// adds to every pod.
func isDefaultToleration(t *corev1.Toleration) bool {
	return (t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable) &&
		t.Effect == corev1.TaintEffectNoExecute && t.Operator == corev1.TolerationOpExists && t.TolerationSeconds != nil
}

// ownDevice recognises the toleration that the admission plugin ExtendedResourceToleration
// adds to a pod with a device, whose name is a taint of nodes with GPUs. The check resources
// limits how many devices it may request.
func (p *Pod) ownDevice(t *corev1.Toleration) bool {
	name := corev1.ResourceName(t.Key)
	if t.Key == "" || t.Operator != corev1.TolerationOpExists || t.Effect == corev1.TaintEffectNoExecute || t.Effect == "" || !IsDevice(name) {
		return false
	}
	for _, c := range p.containers {
		if q, ok := c.Resources.Limits[name]; ok && !q.IsZero() {
			return true
		}
	}
	return false
}

func describeToleration(t *corev1.Toleration) string {
	text := cmp.Or(t.Key, "*")
	switch t.Operator {
	case corev1.TolerationOpExists:
	case "", corev1.TolerationOpEqual:
		text += "=" + t.Value
	case corev1.TolerationOpLt, corev1.TolerationOpGt:
		text += " " + string(t.Operator) + " " + t.Value
	}
	return text + ":" + cmp.Or(string(t.Effect), "*")
}
