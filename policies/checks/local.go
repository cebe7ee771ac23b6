package checks

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// local demands that the ConfigMap with local/ is the one that its name's digest
// says. That it is the participant's own, reserved has seen to; where it is
// mounted, mounts.
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
			results = append(results, p.fail(IDLocal, field, "local/ is not there", fixInject, "ConfigMap %s does not exist or could not be read", quote(source.Name)))
		case p.Template && known.Absent:
			// As with the kit: the pods decide.
		case known.Error != "":
			results = append(results, p.fail(IDLocal, field, "local/ was changed", fixInject, "ConfigMap %s: %s", quote(source.Name), oneLine(known.Error)))
		case !known.Immutable:
			results = append(results, p.fail(IDLocal, field, "local/ can be changed", fixInject, "ConfigMap %s is not immutable", quote(source.Name)))
		}
		if len(source.Items) > 0 || (source.Optional != nil && *source.Optional) {
			results = append(results, p.fail(IDLocal, field, "not all of local/", "leave out items and optional", "a missing file switches off what it says (without authorization.json everything is allowed)"))
		}
	}
	return results
}
