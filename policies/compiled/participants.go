package compiled

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
)

// Participant is what a policy gives to one participant.
type Participant struct {
	// Object is the name with which the names of the participant's objects begin.
	Object string
	// Claim is the claim of its workspace, and Folder the folder of the claim that
	// belongs to it. If Folder is empty, the whole claim does.
	Claim, Folder string
	// Label is the value of the label with the participant's name.
	Label string
	// pullSecrets are names of Secrets; those that end with an asterisk are prefixes.
	pullSecrets []string
}

// AllowsPullSecret says whether the participant's pods may use a Secret to pull images.
func (p Participant) AllowsPullSecret(name string) bool {
	for _, allowed := range p.pullSecrets {
		prefix, pattern := strings.CutSuffix(allowed, "*")
		if name == allowed || pattern && len(name) > len(prefix) && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// participantMark is the placeholder of the object name in a policy.
const participantMark = "{participant}"

func (p *Policy) addParticipants() {
	all := p.source.Spec.Participants
	p.participants = make(map[string]Participant, len(all))
	for _, name := range all {
		p.participants[name] = p.newParticipant(name)
	}
}

func (p *Policy) newParticipant(name string) Participant {
	object := kit.ObjectName(name)
	w := &p.source.Spec.Workspace
	secrets := make([]string, 0, len(p.source.Spec.Images.PullSecrets))
	for _, secret := range p.source.Spec.Images.PullSecrets {
		secrets = append(secrets, strings.ReplaceAll(secret, participantMark, object))
	}
	return Participant{
		pullSecrets: secrets,
		Object:      object, Claim: strings.ReplaceAll(w.ClaimName, participantMark, object),
		Folder: strings.ReplaceAll(w.SubPath, participantMark, object), Label: labelvalue.Of(name),
	}
}

// Participant is what the policy gives to a participant, or would if it listed it.
func (p *Policy) Participant(name string) Participant {
	if one, ok := p.participants[name]; ok {
		return one
	}
	return p.newParticipant(name)
}

// Lists says whether the participant may run at the site.
func (p *Policy) Lists(name string) bool {
	_, ok := p.participants[name]
	return ok
}
