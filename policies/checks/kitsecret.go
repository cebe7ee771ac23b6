package checks

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// IDKitSecret is the check of Secrets with a reserved name or a kit's type.
const IDKitSecret = "kit-secret"

// Secret evaluates a write to a Secret with a reserved name or the type of a kit: a Secret
// with a kit's name must be complete, genuine and immutable. The kit's fact is that of the
// reviewed object, not of the stored one.
func Secret(s, old *corev1.Secret, site *compiled.Policy, f *facts.Facts, r Request) []Result {
	typed := s.Type == facts.KitSecretType || (old != nil && old.Type == facts.KitSecretType)
	if typed || site.Profiles().Reserved(s.Name) {
		if results := secretAnnotations(s, old); results != nil {
			return results
		}
	}
	switch {
	case old != nil && sameSecret(s, old):
		return nil // labels, annotations and finalizers
	case strings.HasPrefix(s.Name, names.PrefixKit):
		return kitSecret(s, f)
	case typed:
		return secretProblem("type", "the type of a kit with another name", "name it flare-kit-<participant>-<digest>", quote(s.Name))
	case site.Profiles().Holds(s.Name) != "":
		if !ownsSecret(r, site, f, s.Name) {
			return secretProblem("metadata.name", "a reserved name", "use `kubectl flare kit inject`; only the participant's launcher may write such Secrets", quote(s.Name))
		}
		return secondCopy(s, site)
	case site.Profiles().Reserved(s.Name):
		return secretProblem("metadata.name", "a reserved name", "use another name", quote(s.Name))
	}
	return nil
}

// secondCopy denies the content of a launcher's copy of a kit. The webhook takes it off before,
// so it is there only while that part of the webhook is not called.
func secondCopy(s *corev1.Secret, site *compiled.Policy) []Result {
	if site.Profiles().Holds(s.Name) != profiles.HoldsKit || len(s.Data)+len(s.StringData) == 0 {
		return nil
	}
	return secretProblem("data", "a second copy of a kit's private key",
		"leave data empty: job pods mount the sealed kit; the MutatingWebhookConfiguration flare-webhook empties it, so have a cluster admin check that the webhook answers", quote(s.Name))
}

// secretAnnotations denies annotations of others on Secrets of kits and launchers: tools
// keep copies of the content there, such as the last applied configuration of kubectl, which
// are in no digest and which users see who may not read the Secret's data.
func secretAnnotations(s, old *corev1.Secret) []Result {
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		if strings.HasPrefix(key, names.Group+"/") {
			continue
		}
		if old != nil {
			if before, ok := old.Annotations[key]; ok && before == s.Annotations[key] {
				continue
			}
		}
		return secretProblem("metadata.annotations", "an annotation of another tool", "remove it, and use `kubectl flare kit inject`", quote(key))
	}
	return nil
}

func kitSecret(s *corev1.Secret, f *facts.Facts) []Result {
	switch {
	case s.Type != facts.KitSecretType:
		return secretProblem("type", "not the type of a kit", fixInject, quote(string(s.Type)))
	case s.Immutable == nil || !*s.Immutable:
		return secretProblem("immutable", "a kit that can be changed", "set immutable: true", quote(s.Name))
	case len(s.StringData) > 0:
		return secretProblem("stringData", "a kit in stringData", fixInject, "its content must be in data")
	}
	known, ok := f.Kit(s.Name)
	if !ok {
		return secretProblem("data", "the kit cannot be verified", fixInject, quote(s.Name))
	}
	results := KitProblems(s.Name, kit.ObjectName(known.Participant), known, f.Now)
	for i := range results {
		results[i].Field = "data"
	}
	return results
}

// sameSecret compares what pods can read.
func sameSecret(a, b *corev1.Secret) bool {
	return a.Type == b.Type && len(a.StringData) == 0 && immutable(a.Immutable) == immutable(b.Immutable) &&
		maps.EqualFunc(a.Data, b.Data, bytes.Equal)
}

func immutable(flag *bool) bool { return flag != nil && *flag }

func secretProblem(field, reason, fix, detail string) []Result {
	return []Result{{ID: IDKitSecret, Field: field, Reason: reason, Detail: detail, Fix: fix}}
}

// Governed says whether a write to a Secret or ConfigMap with this name and type must be
// evaluated.
func Governed(known *profiles.Registry, name string, kind corev1.SecretType) bool {
	return known.Reserved(name) || kind == facts.KitSecretType || strings.HasPrefix(string(kind), names.Group+"/")
}
