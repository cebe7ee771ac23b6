package compiled

import "strings"

// serviceAccountPrefix begins the names of ServiceAccounts as users.
const serviceAccountPrefix = "system:serviceaccount:"

// launchers are indexes of spec.launchers.
type launchers struct {
	// participants are by ServiceAccount, accounts by participant.
	participants, accounts map[string]string
}

func (p *Policy) addLaunchers() {
	all := p.source.Spec.Launchers
	p.launchers = launchers{make(map[string]string, len(all)), make(map[string]string, len(all))}
	for _, l := range all {
		p.launchers.participants[l.ServiceAccountName] = l.Participant
		p.launchers.accounts[l.Participant] = l.ServiceAccountName
	}
}

// LauncherAccount is the ServiceAccount that creates the job pods of a participant;
// "" if the policy names none.
func (p *Policy) LauncherAccount(participant string) string { return p.launchers.accounts[participant] }

// ParticipantOfAccount is the participant whose job pods a ServiceAccount creates. ok
// is false if the policy does not name the account as a launcher.
func (p *Policy) ParticipantOfAccount(account string) (participant string, ok bool) {
	participant, ok = p.launchers.participants[account]
	return participant, ok
}

// ParticipantOfUser is the same for a user of a request in a namespace, as the API
// server names it.
func (p *Policy) ParticipantOfUser(user, namespace string) (participant string, ok bool) {
	rest, ok := strings.CutPrefix(user, serviceAccountPrefix)
	if !ok {
		return "", false
	}
	account, ok := strings.CutPrefix(rest, namespace)
	if !ok || account == "" || account[0] != ':' {
		return "", false
	}
	return p.ParticipantOfAccount(account[1:])
}

// LauncherUser is the name of a participant's launcher as the API server knows it;
// "" if the policy names none.
func (p *Policy) LauncherUser(participant, namespace string) string {
	account := p.LauncherAccount(participant)
	if account == "" {
		return ""
	}
	return serviceAccountPrefix + namespace + ":" + account
}
