package kit

import (
	"slices"
	"strings"
)

// checkListed looks whether the participant may run at the site at all.
func checkListed(k *Kit, options VerifyOptions) []Finding {
	if options.Trust == nil || options.Trust.Participants == nil {
		return nil
	}
	listed := options.Trust.Participants
	if !slices.Contains(listed, k.Participant) {
		return []Finding{fail(CheckListed, k.paths.certificate, "use the kit of one of them, or add the name to the policy's participants",
			"%s is not one of the policy's participants: %s", shown(k.Participant), strings.Join(listed, ", "))}
	}
	return []Finding{pass(CheckListed, k.paths.certificate, "%s is one of the policy's participants", shown(k.Participant))}
}
