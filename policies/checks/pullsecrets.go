package checks

import "strings"

// dockercfg is what OpenShift has between the name of a ServiceAccount and the random end of
// the name of the Secret that it adds to it. Source: openshift-controller-manager,
// pkg/serviceaccounts.
const dockercfg = "-dockercfg-"

// pullSecrets requires that images are pulled only with the policy's Secrets: with
// others, the registry could answer differently. Images are pulled by digest in any case.
//
// Fields: imagePullSecrets.
func pullSecrets(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.ImagePullSecrets {
		name := p.Spec.ImagePullSecrets[i].Name
		if p.owner.AllowsPullSecret(name) {
			continue
		}
		results = append(results, p.fail(IDPullSecrets, indexed("imagePullSecrets", i), "the pull secret is not allowed", p.pullSecretFix(name),
			"%s, which comes from the pod or its ServiceAccount", quote(name)))
	}
	return results
}

// pullSecretFix names the pattern of the Secrets of a platform, whose names no one knows in
// advance.
func (p *Pod) pullSecretFix(name string) string {
	if account, _, ok := strings.Cut(name, dockercfg); ok {
		if account == p.owner.Object {
			account = "{participant}"
		}
		return "if the platform has added it to the ServiceAccount, add " + oneLine(account) + dockercfg + "* to spec.images.pullSecrets of the policy"
	}
	fix := "remove it from the pod or its ServiceAccount, or add it to spec.images.pullSecrets of the policy"
	if all := p.Policy.Images.PullSecrets; len(all) > 0 {
		fix += ", which has " + strings.Join(all, ", ")
	}
	return fix
}
