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
)

// IDLocalConfigMap is the check of ConfigMaps with a reserved name.
const IDLocalConfigMap = "local-configmap"

// ConfigMap evaluates a write to a ConfigMap with a reserved name: a ConfigMap with the
// name of a local/ must match the digest in its name and be immutable, and the policy must
// accept it. The fact is that of the reviewed object, not of the stored one.
func ConfigMap(m, old *corev1.ConfigMap, site *compiled.Policy, f *facts.Facts) []Result {
	bad := func(field, reason, fix, detail string) []Result {
		return []Result{{ID: IDLocalConfigMap, Field: field, Reason: reason, Detail: detail, Fix: fix}}
	}
	owned := func(participant string) bool { return IsLocalName(m.Name, participant) }
	switch {
	case !site.Profiles().Reserved(m.Name), old != nil && sameConfigMap(m, old):
		return nil
	case !strings.HasPrefix(m.Name, names.PrefixLocal):
		return bad("metadata.name", "a reserved name", "use another name", quote(m.Name))
	case !slices.ContainsFunc(site.Spec().Participants, owned):
		return bad("metadata.name", "not the local/ of a participant", "name it flare-local-<participant>-<digest> for one of "+strings.Join(site.Spec().Participants, ", "), quote(m.Name))
	case !immutable(m.Immutable):
		return bad("immutable", "local/ can be changed", "set immutable: true", quote(m.Name))
	}
	if digest := LocalDigest(m); !strings.HasSuffix(m.Name, "-"+digest[:names.DigestDigits]) {
		return bad("data", "the content does not match the name", fixInject, "the digest of data is "+digest)
	}
	known, ok := f.Locals[m.Name]
	if !ok {
		return bad("data", "local/ cannot be verified", fixInject, quote(m.Name))
	}
	results := LocalProblems(m.Name, &known, f.Now)
	for i := range results {
		results[i].ID, results[i].Field = IDLocalConfigMap, "data"
	}
	return results
}

// LocalDigest is the digest of the files of local/ in a ConfigMap, without the seal.
func LocalDigest(m *corev1.ConfigMap) string {
	files, _, _ := kit.FromConfigMapData(m.Data, m.BinaryData)
	return files.Digest()
}

func sameConfigMap(a, b *corev1.ConfigMap) bool {
	return immutable(a.Immutable) == immutable(b.Immutable) &&
		maps.Equal(a.Data, b.Data) && maps.EqualFunc(a.BinaryData, b.BinaryData, bytes.Equal)
}
