package compiled

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Participant is what a policy gives to one participant.
type Participant struct {
	// Object is the name that the participant's objects begin with.
	Object string
	// Claim is the claim of its workspace, Folder the folder of the claim that it
	// must keep to; empty for the whole claim.
	Claim, Folder string
}

// participantMark stands for the object name in patterns of the policy.
const participantMark = "{participant}"

func (p *Policy) addParticipants() {
	all := p.source.Spec.Participants
	p.participants, p.byLabel = make(map[string]Participant, len(all)), make(map[string]string, len(all))
	for _, name := range all {
		one := p.newParticipant(name)
		p.participants[name] = one
		// A name that is no legal label is replaced by the object name.
		label := name
		if len(validation.IsValidLabelValue(name)) > 0 {
			label = one.Object
		}
		p.byLabel[label] = name
	}
}

func (p *Policy) newParticipant(name string) Participant {
	object := kit.ObjectName(name)
	w := &p.source.Spec.Workspace
	return Participant{
		Object: object, Claim: strings.ReplaceAll(w.ClaimName, participantMark, object),
		Folder: strings.ReplaceAll(w.SubPath, participantMark, object),
	}
}

// Participant is what the policy would give to a participant, listed or not.
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

// ParticipantOfLabel is the participant that a label's value stands for: its name
// where that is legal in a label, else its object name. ok is false where the
// policy lists no such participant.
func (p *Policy) ParticipantOfLabel(value string) (name string, ok bool) {
	name, ok = p.byLabel[value]
	return name, ok
}
