package checks

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// reserved requires that a pod refers to reserved names only in the allowed ways, even if
// the object does not exist yet: a pod may be created before its Secret.
//
// Fields: every way to refer to a Secret or ConfigMap.
func reserved(p *Pod) []Result {
	var results []Result
	for i := range p.reserved {
		ref := &p.reserved[i]
		if p.entitled(ref) {
			continue
		}
		r := p.fail(IDReserved, ref.Field(), "a reserved name", p.fixReserved(ref), "this field must not refer to %s", quote(ref.Name))
		if ref.Container.Container != nil {
			r.Container = ref.Container.Name
		}
		results = append(results, r)
	}
	return results
}

// entitled allows the three references that a participant needs: its kit and its local/ as
// volumes and, in a job pod, the job's tokens as variables or as a volume, which the checks
// environment and mounts compare with the pod's name. If the kit is unknown, so is the owner
// of local/; the check kit denies such a pod.
func (p *Pod) entitled(ref *Reference) bool {
	switch {
	case strings.HasPrefix(ref.Name, names.PrefixKit):
		return ref.Kind == SecretRef && ref.Way == WayVolume
	case strings.HasPrefix(ref.Name, names.PrefixLocal):
		return ref.Kind == ConfigMapRef && ref.Way == WayVolume && (p.Kit == nil || IsLocalOf(ref.Name, p.owner.Object))
	case p.Site.Profiles().Holds(ref.Name) == profiles.HoldsTokens:
		return ref.Kind == SecretRef && p.Process.Kind == profiles.KindJob && (ref.Way == WayEnv || ref.Way == WayVolume && p.mountsJobSecret())
	}
	return false
}

// mountsJobSecret says whether the pod gets its tokens as a volume.
func (p *Pod) mountsJobSecret() bool {
	takes := func(c profiles.Container) bool { return c.Path(profiles.SourceJobSecret) != "" }
	return p.Kit == nil || slices.ContainsFunc(p.demands.Containers, takes)
}

func (p *Pod) fixReserved(ref *Reference) string {
	switch {
	case p.Site.Profiles().Holds(ref.Name) == profiles.HoldsKit:
		return "mount the sealed kit's Secret (flare-kit-…) instead of the launcher's copy of the key"
	case strings.HasPrefix(ref.Name, names.PrefixLocal):
		return "mount the ConfigMap of the kit's participant as a volume"
	}
	return "mount the kit of one participant as a volume of type secret, or use another name"
}

// IsLocalName says whether a ConfigMap has the name of a participant's local/:
// flare-local-<object name>-<32 digits>.
func IsLocalName(name, participant string) bool {
	return IsLocalOf(name, kit.ObjectName(participant))
}

// IsLocalOf is the same by the object name of the participant.
func IsLocalOf(name, object string) bool {
	rest, ok := strings.CutPrefix(name, names.PrefixLocal)
	if !ok {
		return false
	}
	rest, ok = strings.CutPrefix(rest, object)
	return ok && len(rest) == names.DigestDigits+1 && rest[0] == '-' && isHex(rest[1:])
}

// isHex says whether a text has only lower-case hexadecimal digits.
func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
