package profiles

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Recognise returns the first profile that recognises a container, or nil if none does.
// several means that another profile recognises it too, so that its grammar is ambiguous.
func (r *Registry) Recognise(c *corev1.Container) (found Profile, several bool) {
	for _, p := range r.profiles {
		if _, ok := p.Recognise(c); !ok {
			continue
		}
		if found != nil {
			return found, true
		}
		found = p
	}
	return found, false
}

// Reserved says whether the name of a Secret or ConfigMap is reserved in governed
// namespaces, for kits or for a launcher. The name decides, not the type, since a pod may
// be admitted before its Secret exists. A prefix without a suffix counts too: Kubernetes
// rejects names that end with "-" today, but may not do so forever.
func (r *Registry) Reserved(name string) bool {
	if strings.HasPrefix(name, names.PrefixKit) || strings.HasPrefix(name, names.PrefixLocal) {
		return true
	}
	_, ok := r.find(name)
	return ok
}

// Holds says what a launcher's Secret with this name contains. It is "" if no launcher
// uses the name.
func (r *Registry) Holds(secret string) Holds {
	s, _ := r.find(secret)
	return s.Holds
}

// Owns says whether a launcher's Secret of that name belongs to a participant of a
// framework, by its name.
func (r *Registry) Owns(secret, framework, participant string, role kit.Role) bool {
	s, ok := r.find(secret)
	return ok && s.framework == framework && s.launcher.OwnsSecret(secret, participant, role)
}

// Prefixes are the prefixes of all launchers' Secrets.
func (r *Registry) Prefixes() []string {
	all := make([]string, 0, len(r.secrets))
	for _, s := range r.secrets {
		all = append(all, s.Prefix)
	}
	return all
}

func (r *Registry) find(name string) (launched, bool) {
	for _, s := range r.secrets {
		if strings.HasPrefix(name, s.Prefix) {
			return s, true
		}
	}
	return launched{}, false
}
