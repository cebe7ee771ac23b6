package policy

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// matched finds the entries of the policy that the pod uses. If the pod belongs to no
// participant, only its claims matter.
func matched(p *checks.Pod) []ExplainMatch {
	var all []ExplainMatch
	if p.KitName != "" {
		all = kitMatches(p)
	}
	if p.Federated {
		all = append(all, imageMatches(p)...)
	}
	for i := range p.Spec.Volumes {
		switch v := &p.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			all = append(all, claimMatch(p, v))
		case v.ConfigMap != nil && strings.HasPrefix(v.ConfigMap.Name, names.PrefixLocal):
			all = append(all, localMatch(p, v.ConfigMap.Name))
		}
	}
	if participant, ok := p.Site.ParticipantOfAccount(p.Spec.ServiceAccountName); ok {
		all = append(all, ExplainMatch{"ServiceAccount " + p.Spec.ServiceAccountName, "spec.launchers", "creates the job pods of " + participant})
	}
	return all
}

func kitMatches(p *checks.Pod) []ExplainMatch {
	what := "Secret " + p.KitName
	if p.Kit == nil {
		return []ExplainMatch{{What: what, Detail: "its kit is unknown or not genuine"}}
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
	return append(all, sealMatch(p, what, p.Kit.SealedBy, p.Kit.SealerKey, p.Kit.Serial))
}

// localMatch says who vouches for a local/.
func localMatch(p *checks.Pod, name string) ExplainMatch {
	what, known := "ConfigMap "+name, p.Facts.Locals[name]
	if known.Error != "" || !known.Listed {
		return sealMatch(p, what, known.SealedBy, known.SealerKey, known.Serial)
	}
	for i, one := range p.Policy.Kits.Local {
		if one.Participant == known.Identity.Participant && strings.HasSuffix(name, "-"+one.Digest[:names.DigestDigits]) {
			return ExplainMatch{what, fmt.Sprintf("spec.kits.local[%d]", i), "the policy lists its digest"}
		}
	}
	return ExplainMatch{What: what, Detail: "the policy lists its digest"}
}

func sealMatch(p *checks.Pod, what string, by facts.SealKind, key string, serial int64) ExplainMatch {
	switch by {
	case facts.SealProject:
		return ExplainMatch{What: what, Entry: "spec.kits.trustRoots", Detail: fmt.Sprintf("sealed by the project, serial %d", serial)}
	case facts.SealNative:
		return ExplainMatch{What: what, Entry: "spec.kits.signature", Detail: "the framework's own signature"}
	case facts.SealSite, facts.SealNone:
	}
	if i := p.Site.Sealer(key); i >= 0 {
		return ExplainMatch{what, fmt.Sprintf("spec.kits.sealers[%d]", i), fmt.Sprintf("sealed by the site's %s, serial %d", p.Policy.Kits.Sealers[i].Name, serial)}
	}
	return ExplainMatch{What: what, Detail: "no seal that the policy trusts"}
}

func imageMatches(p *checks.Pod) []ExplainMatch {
	var all []ExplainMatch
	for c := range checks.Containers(p.Spec) {
		m := ExplainMatch{What: "container " + c.Name, Detail: c.Image}
		if i := p.Site.Images.Entry(c.Image); i >= 0 {
			m.Entry = fmt.Sprintf("spec.images.allowed[%d]", i)
		}
		all = append(all, m)
	}
	return all
}

func claimMatch(p *checks.Pod, v *corev1.Volume) ExplainMatch {
	claim := v.PersistentVolumeClaim.ClaimName
	m := ExplainMatch{What: "volume " + v.Name, Detail: "claim " + claim}
	if _, i := p.Site.Data(claim); i >= 0 {
		m.Entry = fmt.Sprintf("spec.data[%d]", i)
		return m
	}
	if owners := p.Site.WorkspaceOf(claim); len(owners) > 0 {
		m.Entry, m.Detail = "spec.workspace", m.Detail+" of "+strings.Join(owners, ", ")
	}
	return m
}
