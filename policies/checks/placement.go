package checks

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
)

// placement lets participants have the classes, nodes and tolerations of the policy
// alone: a RuntimeClass can give every device of a node, a PriorityClass evicts other
// pods, node selectors and tolerations lead to nodes that are not meant for them.
// Annotations are evaluated in annotations.go.
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

// unlisted is a result about something that the policy's list of that name does not have.
func (p *Pod) unlisted(field, reason, list, value string) Result {
	return p.fail(IDPlacement, field, reason, "leave it out, or let the policy's spec.placement."+list+" list it", "%s", quote(value))
}

// priorityProblems: Kubernetes computes the priority of a class, and 0 without one. Where its plugin
// for that is off, the number itself would count.
func (p *Pod) priorityProblems() []Result {
	name := p.Spec.PriorityClassName
	if name != "" {
		if p.Site.AllowsPriorityClass(name) {
			return nil
		}
		return []Result{p.unlisted("priorityClassName", "the PriorityClass is not allowed", "priorityClasses", name)}
	}
	const fix = "leave it out, or name a PriorityClass that the policy's spec.placement.priorityClasses lists"
	if n := p.Spec.Priority; n != nil && *n > 0 {
		return []Result{p.fail(IDPlacement, "priority", "a priority without a class", fix, "%d", *n)}
	}
	if how := p.Spec.PreemptionPolicy; how != nil && *how != corev1.PreemptLowerPriority && *how != corev1.PreemptNever {
		return []Result{p.fail(IDPlacement, "preemptionPolicy", "the preemption policy is not known", fix, "%s", quote(string(*how)))}
	}
	return nil
}

// nodeProblems takes the labels that say what an image is made for.
func (p *Pod) nodeProblems() []Result {
	var results []Result
	for key, value := range p.Spec.NodeSelector {
		if key == corev1.LabelArchStable || (key == corev1.LabelOSStable && value == string(corev1.Linux)) || p.Site.AllowsNodeLabel(key, value) {
			continue
		}
		results = append(results, p.unlisted("nodeSelector", "the node selector is not allowed", "nodeSelector", key+"="+value))
	}
	sortByDetail(results) // maps have no order
	return results
}

// tolerates takes what the policy lists and what Kubernetes adds by itself.
func (p *Pod) tolerates(t *corev1.Toleration) bool {
	return isDefaultToleration(t) || p.Site.AllowsToleration(t) || p.ownDevice(t)
}

// isDefaultToleration knows the two that the plugin DefaultTolerationSeconds adds to every pod.
func isDefaultToleration(t *corev1.Toleration) bool {
	return (t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable) &&
		t.Effect == corev1.TaintEffectNoExecute && t.Operator == corev1.TolerationOpExists && t.TolerationSeconds != nil
}

// ownDevice knows the toleration that the plugin ExtendedResourceToleration adds to a pod with a
// device: nodes with GPUs carry its name as a taint. How many it may ask for, resources says.
func (p *Pod) ownDevice(t *corev1.Toleration) bool {
	name := corev1.ResourceName(t.Key)
	if t.Key == "" || t.Operator != corev1.TolerationOpExists || t.Effect == corev1.TaintEffectNoExecute || t.Effect == "" || !IsDevice(name) {
		return false
	}
	for c := range Containers(p.Spec) {
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
