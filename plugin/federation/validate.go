package federation

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Validate reports what is wrong with the federation itself. Its kits and its clusters are
// for others to look at.
func (f *Federation) Validate(r *Report) {
	spec := field.NewPath("spec")
	if f.Name == "" {
		r.Add("metadata.name", "is missing: give the name of the federation, as it is in the kits")
	}
	if f.Spec.RootFingerprint != "" {
		if _, err := pki.ParseFingerprint(f.Spec.RootFingerprint); err != nil {
			r.Add("spec.rootFingerprint", "is not valid: %v", err)
		}
	}
	if len(f.Spec.Participants) == 0 {
		r.Add("spec.participants", "is empty: list the participants")
	}
	f.Spec.Defaults.validate(r, spec.Child("defaults"))
	for _, role := range slices.Sorted(maps.Keys(f.Spec.RoleDefaults)) {
		s := f.Spec.RoleDefaults[role]
		s.validate(r, spec.Child("roleDefaults").Key(string(role)))
	}
	first := map[string]int{}
	for i, p := range f.Spec.Participants {
		p.validate(r, spec.Child("participants").Index(i))
		if other, twice := first[p.Name]; twice {
			r.Add(ParticipantPath(i)+".name", "is %q, as that of %s: each participant has a name of its own", p.Name, ParticipantPath(other))
			continue
		}
		first[p.Name] = i
	}
}

func (s *Settings) validate(r *Report, at *field.Path) {
	for name, value := range map[string]string{"namespace": s.Namespace, "serverNamespace": s.ServerNamespace} {
		if value == "" {
			continue
		}
		for _, reason := range validation.IsDNS1123Label(value) {
			r.Add(at.Child(name).String(), "is %q: %s", value, reason)
		}
	}
	r.addAll(s.Validate(at))
}

func (p *Participant) validate(r *Report, at *field.Path) {
	p.Settings.validate(r, at)
	for name, address := range map[string]string{"address": p.Address, "adminAddress": p.AdminAddress} {
		if address == "" {
			continue
		}
		if _, _, err := kit.SplitAddress(address); err != nil {
			r.Add(at.Child(name).String(), "is %q: %v", address, err)
		}
	}
}
