package checks

import (
	"slices"
	"strings"
)

// pullSecrets demands that images are pulled with the policy's Secrets: another
// one could make the registry answer differently.
//
// Fields: imagePullSecrets.
func pullSecrets(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.ImagePullSecrets {
		name := p.Spec.ImagePullSecrets[i].Name
		if slices.Contains(p.Policy.Images.PullSecrets, name) {
			continue
		}
		fix := "leave it out: spec.images.pullSecrets is empty"
		if len(p.Policy.Images.PullSecrets) > 0 {
			fix = "use " + strings.Join(p.Policy.Images.PullSecrets, ", ")
		}
		results = append(results, p.fail(IDPullSecrets, indexed("imagePullSecrets", i), "the pull secret is not allowed", fix,
			"%s, which the pod or its ServiceAccount names", quote(name)))
	}
	return results
}
