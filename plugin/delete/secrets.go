package delete

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// kitSecrets names the kit Secrets for users who may delete Secrets but not list them: the
// name consists of the participant and the kit's digest, and the digest is in the
// annotations of all other objects that were created for the kit.
func kitSecrets(k kind, found []object) []object {
	var out []object
	for _, f := range found {
		if f.digest == "" {
			continue
		}
		name := secretName(f.participant, f.digest)
		if !slices.ContainsFunc(out, func(o object) bool { return o.name == name }) {
			out = append(out, object{kind: k, name: name, participant: f.participant})
		}
	}
	return out
}

// secretName is kit.SecretName for a kit of which only the digest is known.
func secretName(participant, digest string) string {
	const digits = 32
	if len(digest) > digits {
		digest = digest[:digits]
	}
	return names.PrefixKit + kit.ObjectName(participant) + "-" + digest
}
