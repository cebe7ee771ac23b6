package checks

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Interactive checks exec, attach, port-forward and proxy into one pod. The pod's
// role is that of the kit that it mounts; a participant whose kit is not known is
// closed to everybody.
func Interactive(p *Pod, subresource string) []Result {
	bad := func(reason, format string, args ...any) []Result {
		r := p.fail(IDInteractive, "", reason, p.interactiveFix(), format, args...)
		r.Field = subresource
		return []Result{r}
	}
	name := quote(p.Meta.Name)
	switch {
	case subresource == "attach" && p.isReceiver():
		return nil // it takes nothing but the kit that its arguments say
	case !p.Federated && TouchesParticipants(p):
		return bad("no access to this pod", "pod %s has the site's data or a workspace", name)
	case !p.Federated:
		return nil
	case p.Kit == nil:
		return bad("no access to a participant's pod", "the kit of pod %s is not known or not genuine", name)
	}
	if slices.Contains(openRoles(p.Policy), p.Role()) {
		return nil
	}
	return bad("no access to a participant's pod", "pod %s has the role %s, and spec.privacy.interactiveAccess.podRoles is %v", name, p.Role(), openRoles(p.Policy))
}

func (p *Pod) interactiveFix() string {
	if p.Kit != nil && p.Process.Kind == profiles.KindAdmin {
		return "let the policy's spec.privacy.interactiveAccess.podRoles list " + string(p.Role()) + ": `kubectl flare job` works inside such a pod"
	}
	return "use `kubectl flare job` and `kubectl flare logs`, or ask for break-glass (the verb breakglass on the SitePolicy)"
}

// IDInteractive is the check of CONNECT requests.
const IDInteractive = "interactive-access"

func openRoles(policy *v1alpha1.SitePolicySpec) []v1alpha1.Role {
	if policy.Privacy == nil {
		return nil
	}
	return policy.Privacy.InteractiveAccess.PodRoles
}
