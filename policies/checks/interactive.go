package checks

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Interactive evaluates exec, attach, port-forward and proxy on one pod. The kit that
// the pod mounts gives its role. If a participant's kit is not accepted, no one has
// access.
func Interactive(p *Pod, subresource string) []Result {
	bad := func(reason, format string, args ...any) []Result {
		r := p.fail(IDInteractive, "", reason, p.interactiveFix(), format, args...)
		r.Field = subresource
		return []Result{r}
	}
	name := quote(p.Meta.Name)
	switch {
	case subresource == "attach" && p.isReceiver():
		return nil // it accepts only the kit in its arguments
	case !p.Federated && TouchesParticipants(p):
		return bad("no access to this pod", "pod %s mounts the site's data, kits or a workspace", name)
	case !p.Federated:
		return nil
	case p.Kit == nil:
		return bad("no access to a participant's pod", "the kit of pod %s is missing or not genuine", name)
	}
	if slices.Contains(openRoles(p.Policy), p.Role()) {
		return nil
	}
	return bad("no access to a participant's pod", "pod %s has the role %s, and spec.privacy.interactiveAccess.podRoles is %v", name, p.Role(), openRoles(p.Policy))
}

func (p *Pod) interactiveFix() string {
	if p.Kit != nil && p.Process.Kind == profiles.KindAdmin {
		return "add " + string(p.Role()) + " to spec.privacy.interactiveAccess.podRoles of the policy: `kubectl flare job` needs access to such a pod"
	}
	return "use `kubectl flare job` and `kubectl flare logs`, or, in an emergency, open break-glass: " + p.breakGlassCommand()
}

// breakGlassCommand is how a user opens break-glass.
func (p *Pod) breakGlassCommand() string {
	return "`kubectl flare site break-glass " + p.Namespace + " --reason TEXT --for 1h`, which needs the verb breakglass on the SitePolicy"
}

// IDInteractive is the check of CONNECT requests.
const IDInteractive = "interactive-access"

func openRoles(policy *v1alpha1.SitePolicySpec) []v1alpha1.Role {
	if policy.Privacy == nil {
		return nil
	}
	return policy.Privacy.InteractiveAccess.PodRoles
}
