package policy

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// matched finds the entries of the policy that the pod uses. Of a pod that is no
// participant only claims matter.
func matched(p *checks.Pod) []ExplainMatch {
	var all []ExplainMatch
	if p.KitName != "" {
		all = kitMatches(p)
	}
	if p.Federated {
		all = append(all, imageMatches(p)...)
	}
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.PersistentVolumeClaim != nil {
			all = append(all, claimMatch(p, v))
		}
	}
	if l := p.Policy.Launcher; l != nil && p.Spec.ServiceAccountName == l.ServiceAccountName {
		all = append(all, ExplainMatch{"ServiceAccount " + l.ServiceAccountName, "spec.launcher", "makes job pods"})
	}
	return all
}

func kitMatches(p *checks.Pod) []ExplainMatch {
	what := "Secret " + p.KitName
	if p.Kit == nil {
		return []ExplainMatch{{What: what, Detail: "its kit is not known or not genuine"}}
	}
	all := []ExplainMatch{{What: what, Detail: fmt.Sprintf("participant %q is not listed", p.Kit.Participant)}}
	if i := slices.Index(p.Policy.Participants, p.Kit.Participant); i >= 0 {
		all[0] = ExplainMatch{what, fmt.Sprintf("spec.participants[%d]", i), p.Kit.Participant}
	}
	for i, root := range p.Policy.Kits.TrustRoots {
		if root.SHA256 == p.Kit.RootFingerprint {
			all = append(all, ExplainMatch{what, fmt.Sprintf("spec.kits.trustRoots[%d]", i), root.Name})
		}
	}
	return append(all, sealMatch(p, what))
}

func sealMatch(p *checks.Pod, what string) ExplainMatch {
	switch p.Kit.SealedBy {
	case facts.SealProject:
		return ExplainMatch{What: what, Entry: "spec.kits.trustRoots", Detail: fmt.Sprintf("sealed by the project, serial %d", p.Kit.Serial)}
	case facts.SealNative:
		return ExplainMatch{What: what, Entry: "spec.kits.signature", Detail: "NVFLARE's own signature.json"}
	case facts.SealSite, facts.SealNone:
	}
	for i, sealer := range p.Policy.Kits.Sealers {
		if v1alpha1.HasSealer(p.Policy.Kits.Sealers[i:i+1], p.Kit.SealerKey) {
			return ExplainMatch{what, fmt.Sprintf("spec.kits.sealers[%d]", i), fmt.Sprintf("sealed by the site's %s, serial %d", sealer.Name, p.Kit.Serial)}
		}
	}
	return ExplainMatch{What: what, Detail: "nobody that the policy names vouches for it"}
}

func imageMatches(p *checks.Pod) []ExplainMatch {
	var all []ExplainMatch
	for c := range checks.Containers(p.Spec) {
		m := ExplainMatch{What: "container " + c.Name, Detail: c.Image}
		if i := checks.AllowedImage(c.Image, p.Policy.Images.Allowed); i >= 0 {
			m.Entry = fmt.Sprintf("spec.images.allowed[%d]", i)
		}
		all = append(all, m)
	}
	return all
}

func claimMatch(p *checks.Pod, v *corev1.Volume) ExplainMatch {
	claim := v.PersistentVolumeClaim.ClaimName
	m := ExplainMatch{What: "volume " + v.Name, Detail: "claim " + claim}
	if i := checks.Data(claim, p.Policy.Data); i >= 0 {
		m.Entry = fmt.Sprintf("spec.data[%d]", i)
		return m
	}
	for _, participant := range p.Policy.Participants {
		if checks.ExpandClaim(p.Policy.Workspace.ClaimName, participant) == claim {
			m.Entry, m.Detail = "spec.workspace", m.Detail+" of "+participant
		}
	}
	return m
}
