package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// labels requires that only a participant's pods have the labels by which NetworkPolicies
// and Services select them: with these labels, another pod would get the participant's
// connections. Nothing else relies on them.
//
// Fields: metadata.labels.
func labels(p *Pod) []Result {
	if p.Federated && !Verified.applies(p) {
		return nil // the checks kit and command deny it
	}
	var results []Result
	for _, label := range [...]struct{ key, want string }{
		{names.LabelParticipant, p.owner.Label}, {names.LabelRole, string(p.Role())},
	} {
		value, ok := p.Meta.Labels[label.key]
		if !ok || (p.Federated && value == label.want) {
			continue
		}
		detail, fix := quote(label.key+": "+value), "remove it: only pods of participants have it"
		if p.Federated {
			fix = "set it to " + quote(label.want) + ", or remove it"
		}
		results = append(results, p.failMeta(IDLabels, "labels", "the label of another participant or role", fix, detail))
	}
	return results
}

// Labels runs only this check, for an update that changes one of the two labels. No other
// check runs then, so the labels of a pod whose kit is not verified must stay as they are.
func Labels(p *Pod) []Result {
	if p.Federated && !Verified.applies(p) {
		return []Result{p.failMeta(IDLabels, "labels", "the labels of a pod whose kit cannot be verified", "leave "+names.LabelParticipant+" and "+names.LabelRole+" as they are",
			"the kit says whose they are: "+quote(p.KitName))}
	}
	return labels(p)
}
