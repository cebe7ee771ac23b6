package checks

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// launcher requires that only the launcher creates job pods, and that it creates no
// others: its ServiceAccount gets no other permission. The API server vouches for the
// user. Updates, by the kubelet, the scheduler and controllers, may come from any user.
//
// Fields: the user of the request.
func launcher(p *Pod) []Result {
	job := p.Process.Kind == profiles.KindJob
	if job && p.Template {
		return []Result{p.fail(IDLauncher, "containers", "a job pod in a template", "leave job pods to the launcher of the parent", "a workload would run one job forever")}
	}
	if !p.Create || p.Template {
		return nil
	}
	is := isLauncher(p.User, p.Policy.Launcher, p.Namespace)
	switch {
	case job && p.Policy.Launcher == nil:
		return []Result{p.fail(IDLauncher, "containers", "no one may make job pods", "set the launcher's ServiceAccount in spec.launcher", "the policy has no launcher")}
	case job && !is:
		return []Result{p.fail(IDLauncher, "containers", "only the launcher may make job pods", "leave job pods to the launcher of the parent", "%s is not %s", quote(p.User), quote(LauncherUser(p)))}
	case !job && is:
		return []Result{p.fail(IDLauncher, "containers", "the launcher may make only job pods", "make the pod as another user", "%s", quote(p.User))}
	}
	return nil
}

// launcherPrefix begins the names of ServiceAccounts as users.
const launcherPrefix = "system:serviceaccount:"

// LauncherUser is the launcher's user name in requests, or "" if the policy has no
// launcher.
func LauncherUser(p *Pod) string {
	if p.Policy.Launcher == nil {
		return ""
	}
	return launcherPrefix + p.Namespace + ":" + p.Policy.Launcher.ServiceAccountName
}

// isLauncher says whether the user of a request is the launcher.
func isLauncher(user string, l *v1alpha1.LauncherRule, namespace string) bool {
	if l == nil {
		return false
	}
	rest, ok := strings.CutPrefix(user, launcherPrefix)
	if !ok {
		return false
	}
	account, ok := strings.CutPrefix(rest, namespace)
	return ok && account != "" && account[0] == ':' && account[1:] == l.ServiceAccountName
}
