package checks

import (
	"slices"
	"strings"
)

// pullSecrets requires that images are pulled only with the policy's Secrets: with
// others, the registry could answer differently.
//
// Fields: imagePullSecrets.
func pullSecrets(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.ImagePullSecrets {
		name := p.Spec.ImagePullSecrets[i].Name
		if slices.Contains(p.Policy.Images.PullSecrets, name) {
			continue
		}
		fix := "remove it: spec.images.pullSecrets is empty"
		if len(p.Policy.Images.PullSecrets) > 0 {
			fix = "use " + strings.Join(p.Policy.Images.PullSecrets, ", ")
		}
		results = append(results, p.fail(IDPullSecrets, indexed("imagePullSecrets", i), "the pull secret is not allowed", fix,
			"%s, which comes from the pod or its ServiceAccount", quote(name)))
	}
	return results
}
