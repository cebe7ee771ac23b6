package checks

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// local requires that the ConfigMap with local/ matches the digest in its name. The check
// reserved-names ensures that it belongs to the participant, and the check mounts where it
// is mounted.
//
// Fields: volumes[*].configMap.
func local(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		source := p.Spec.Volumes[i].ConfigMap
		if source == nil || !strings.HasPrefix(source.Name, names.PrefixLocal) {
			continue
		}
		field := indexed("volumes", i) + ".configMap"
		known, ok := p.Facts.Locals[source.Name]
		switch {
		case !ok:
			results = append(results, p.fail(IDLocal, field, "local/ does not exist", fixInject, "ConfigMap %s does not exist or cannot be read", quote(source.Name)))
		case p.Template && known.Absent:
			// As with the kit, the pods are denied until it exists.
		case known.Absent:
			results = append(results, p.fail(IDLocal, field, "local/ does not exist", fixInject, "ConfigMap %s: %s", quote(source.Name), oneLine(known.Error)))
		case known.Error != "":
			results = append(results, p.fail(IDLocal, field, "local/ was changed", fixInject, "ConfigMap %s: %s", quote(source.Name), oneLine(known.Error)))
		case !known.Immutable:
			results = append(results, p.fail(IDLocal, field, "local/ can be changed", fixInject, "ConfigMap %s is not immutable", quote(source.Name)))
		}
		if len(source.Items) > 0 || (source.Optional != nil && *source.Optional) {
			results = append(results, p.fail(IDLocal, field, "not all of local/", "remove items and optional", "the rules of a missing file do not apply (without authorization.json, everything is allowed)"))
		}
	}
	return results
}
