package checks

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// launcher demands that job pods are made by the launcher, and that the launcher
// makes nothing else: being it only tightens. The API server vouches for the
// user; updates are by kubelet, scheduler and controllers and need none.
//
// Fields: the user of the request.
func launcher(p *Pod) []Result {
	job := p.Process.Kind == profiles.KindJob
	if job && p.Template {
		return []Result{p.fail(IDLauncher, "containers", "a job pod in a template", "let the parent's launcher make job pods", "a workload would run one job for ever")}
	}
	if !p.Create || p.Template {
		return nil
	}
	is := isLauncher(p.User, p.Policy.Launcher, p.Namespace)
	switch {
	case job && p.Policy.Launcher == nil:
		return []Result{p.fail(IDLauncher, "containers", "nobody may make job pods", "name the launcher's ServiceAccount in spec.launcher", "the policy has no launcher")}
	case job && !is:
		return []Result{p.fail(IDLauncher, "containers", "only the launcher makes job pods", "let the parent make it", "%s is not %s", quote(p.User), quote(LauncherUser(p)))}
	case !job && is:
		return []Result{p.fail(IDLauncher, "containers", "the launcher makes job pods only", "have somebody else make the pod", "%s", quote(p.User))}
	}
	return nil
}

// launcherPrefix begins the names of ServiceAccounts as users.
const launcherPrefix = "system:serviceaccount:"

// LauncherUser is the launcher's name as the API server knows it, "" if the
// policy has none.
func LauncherUser(p *Pod) string {
	if p.Policy.Launcher == nil {
		return ""
	}
	return launcherPrefix + p.Namespace + ":" + p.Policy.Launcher.ServiceAccountName
}

// isLauncher says whether a user is the launcher, as the API server names it.
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
