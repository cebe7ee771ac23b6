package mutation

import (
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// labels adds the labels by which NetworkPolicies select the participant's pods: job pods
// that a launcher makes have none.
func (m *mutation) labels() {
	for key, value := range map[string]string{names.LabelParticipant: m.owner.Label, names.LabelRole: string(m.role)} {
		if _, ok := m.pod.Labels[key]; ok || value == "" {
			continue
		}
		if m.pod.Labels == nil {
			m.pod.Labels = map[string]string{}
		}
		m.pod.Labels[key] = value
	}
}
