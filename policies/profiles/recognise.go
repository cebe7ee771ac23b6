package profiles

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Recognise asks every profile whether a container is its own, and gives the first
// that says so; nil where none does. several means that another one says so too: a
// command that nobody can hold to one grammar.
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
// namespaces: ours, or a launcher's. A name decides, not a type: a pod is admitted
// before its Secret exists, so the Secret cannot be asked whether it is a kit. The
// prefix alone counts too: a name that ends in "-" is not legal today, and must not
// become a way around.
func (r *Registry) Reserved(name string) bool {
	if strings.HasPrefix(name, names.PrefixKit) || strings.HasPrefix(name, names.PrefixLocal) {
		return true
	}
	_, ok := r.find(name)
	return ok
}

// Holds says what a launcher's Secret of that name holds, "" where the name is no
// launcher's.
func (r *Registry) Holds(secret string) Holds {
	s, _ := r.find(secret)
	return s.Holds
}

// KitCopyOwner gives the launcher that copies kits to Secrets of that name, and its
// framework. ok is false where there is none.
func (r *Registry) KitCopyOwner(secret string) (launcher Launcher, framework string, ok bool) {
	s, ok := r.find(secret)
	if !ok || s.Holds != HoldsKit {
		return nil, "", false
	}
	return s.launcher, s.framework, true
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
