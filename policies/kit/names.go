package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

const (
	// MaxObjectName is the greatest length of the result of ObjectName. It leaves room
	// for prefixes and suffixes within the 63 characters of a label.
	MaxObjectName = 40
	// hashLength is how many hexadecimal digits ObjectName appends.
	hashLength = 8
)

// ObjectName maps a participant's name, which may contain capitals, "_", "@" and dots,
// to an RFC 1035 label of at most MaxObjectName characters: a valid name for any
// Kubernetes object, also for a Service.
//
// A name that is such a label is not changed, unless it ends with "-" and eight
// hexadecimal digits. From every other name, invalid characters are removed, and the
// start of its SHA-256 is appended in this form. So the two kinds cannot collide.
func ObjectName(participant string) string {
	if isLabel(participant) && !endsInHash(participant) {
		return participant
	}
	sum := sha256.Sum256([]byte(participant))
	return clean(participant, MaxObjectName-hashLength-1) + "-" + hex.EncodeToString(sum[:hashLength/2])
}

// SecretName is the name of the Secret with the kit's startup/.
func SecretName(k *Kit) string {
	return names.PrefixKit + ObjectName(k.Participant) + "-" + k.Digest()[:names.DigestDigits]
}

// ConfigMapName is the name of the ConfigMap with the kit's local/.
func ConfigMapName(k *Kit) string {
	return names.PrefixLocal + ObjectName(k.Participant) + "-" + k.LocalDigest()[:names.DigestDigits]
}

// isLabel reports whether name can be the name of any object without a change.
func isLabel(name string) bool {
	if name == "" || len(name) > MaxObjectName {
		return false
	}
	return clean(name, MaxObjectName) == name
}

var hashed = regexp.MustCompile(`-[0-9a-f]{8}$`)

func endsInHash(name string) bool { return hashed.MatchString(name) }

// clean makes a label of at most max characters of any text.
func clean(name string, max int) string {
	label := strings.Map(labelRune, name)
	label = strings.TrimLeft(label, "-0123456789")
	if len(label) > max {
		label = label[:max]
	}
	label = strings.TrimRight(label, "-")
	if label == "" {
		return "p"
	}
	return label
}

// labelRune keeps characters that a label may contain and replaces others with "-".
func labelRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	}
	return '-'
}
