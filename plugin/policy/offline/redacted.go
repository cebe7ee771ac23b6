package offline

import (
	"regexp"

	corev1 "k8s.io/api/core/v1"
)

// redactedValue is what the plugin prints instead of a Secret's value.
var redactedValue = regexp.MustCompile(`^REDACTED \([0-9]+ bytes\)$`)

// redacted says whether a Secret shows only sizes, as `launch --dry-run` prints it.
func redacted(s *corev1.Secret) bool {
	for _, value := range s.Data {
		if !redactedValue.Match(value) {
			return false
		}
	}
	return len(s.Data) > 0
}

// whole gives a redacted Secret the content of the kit of the same name; the name
// contains the kit's digest. ok is false if no such kit was given.
func (s *Snapshot) whole(secret *corev1.Secret) (*corev1.Secret, bool) {
	for _, kit := range s.secrets {
		if kit.Name == secret.Name && !redacted(kit) {
			filled := secret.DeepCopy()
			filled.Data = kit.Data
			return filled, true
		}
	}
	return secret, false
}
