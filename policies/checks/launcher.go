package checks

import (
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
	account := LauncherUser(p)
	switch {
	case job && account == "":
		return []Result{p.fail(IDLauncher, "containers", "nobody may make job pods", "name the launcher's ServiceAccount in spec.launcher", "the policy has no launcher")}
	case job && p.User != account:
		return []Result{p.fail(IDLauncher, "containers", "only the launcher makes job pods", "let the parent make it", "%s is not %s", quote(p.User), quote(account))}
	case !job && account != "" && p.User == account:
		return []Result{p.fail(IDLauncher, "containers", "the launcher makes job pods only", "have somebody else make the pod", "%s", quote(account))}
	}
	return nil
}

// LauncherUser is the launcher's name as the API server knows it, "" if the
// policy has none.
func LauncherUser(p *Pod) string { return launcherUser(p.Policy.Launcher, p.Namespace) }

func launcherUser(l *v1alpha1.LauncherRule, namespace string) string {
	if l == nil {
		return ""
	}
	return "system:serviceaccount:" + namespace + ":" + l.ServiceAccountName
}
