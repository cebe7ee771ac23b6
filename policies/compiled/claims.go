package compiled

import "github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"

// claim is what a policy says about one PersistentVolumeClaim. A claim that is listed as
// data counts as data, even if it is also a workspace.
type claim struct {
	// holds says what it contains that only participants may use.
	holds string
	// data is the index in spec.data, -1 for every other claim.
	data int
	// participants are those whose workspace it is.
	participants []string
}

func (p *Policy) addClaims() {
	spec := &p.source.Spec
	p.volumes = make(map[string]int, len(spec.Data))
	p.claims = make(map[string]claim, len(spec.Data)+len(spec.Kits.Claims)+len(spec.Participants))
	for _, name := range spec.Participants {
		at := p.participants[name].Claim
		p.claims[at] = claim{"a workspace", -1, append(p.claims[at].participants, name)}
	}
	for _, name := range spec.Kits.Claims {
		p.claims[name] = claim{"kits", -1, p.claims[name].participants}
	}
	for i := range spec.Data {
		name := spec.Data[i].ClaimName
		p.claims[name] = claim{"data", i, p.claims[name].participants}
		if volume := spec.Data[i].VolumeName; volume != "" {
			p.volumes[volume] = i
		}
	}
}

// DataOn is the policy's entry for the data on a PersistentVolume, or nil if the policy
// does not list the volume.
func (p *Policy) DataOn(volume string) *v1alpha1.DataRule {
	if i, ok := p.volumes[volume]; ok {
		return &p.source.Spec.Data[i]
	}
	return nil
}

// ClaimHolds says what a claim contains that only participants may use: data, kits or a
// workspace. It is "" for every other claim.
func (p *Policy) ClaimHolds(name string) string { return p.claims[name].holds }

// Data is the policy's entry for a claim and its index, or nil and -1 if there is none.
func (p *Policy) Data(claim string) (*v1alpha1.DataRule, int) {
	if c, ok := p.claims[claim]; ok && c.data >= 0 {
		return &p.source.Spec.Data[c.data], c.data
	}
	return nil, -1
}

// WorkspaceOf are the participants whose workspace a claim is.
func (p *Policy) WorkspaceOf(claim string) []string { return p.claims[claim].participants }
