package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// launcher requires that a job pod is created by the launcher of its participant, with
// the kit of the pod that the launcher's token is bound to, and that a launcher
// creates nothing else. The API server vouches for the user and for the binding;
// updates are by kubelet, scheduler and controllers and need neither.
//
// Fields: the user of the request.
func launcher(p *Pod) []Result {
	job := p.Process.Kind == profiles.KindJob
	if job && p.Template {
		return []Result{p.fail(IDLauncher, "containers", "a job pod in a template", "let the parent's launcher create job pods", "a workload would run one job forever")}
	}
	if !p.Create || p.Template {
		return nil
	}
	participant, is := p.Site.ParticipantOfUser(p.User, p.Namespace)
	switch {
	case job && len(p.Policy.Launchers) == 0:
		return []Result{p.fail(IDLauncher, "containers", "no one may create job pods", "name the participant's ServiceAccount in spec.launchers", "the policy has no launchers")}
	case job && !is:
		return []Result{p.fail(IDLauncher, "containers", "only a launcher may create job pods", "let the parent create it", "%s is not a ServiceAccount in spec.launchers", quote(p.User))}
	case job:
		return p.parentProblem(participant)
	case is:
		return []Result{p.fail(IDLauncher, "containers", "a launcher may create job pods only", "create the pod as another user", "%s", quote(p.User))}
	}
	return nil
}

// parentProblem compares a job pod with the pod of its launcher.
func (p *Pod) parentProblem(participant string) []Result {
	const fix = "let the parent create it"
	parent := p.Facts.Launcher
	switch {
	case p.Kit != nil && p.Kit.Participant != participant:
		return []Result{p.fail(IDLauncher, "volumes", "another participant's kit", "let the launcher of the kit's participant create it",
			"%s is the launcher of %s, the kit is that of %s", quote(p.User), quote(participant), quote(p.Kit.Participant))}
	case parent == nil:
		return []Result{p.fail(IDLauncher, "containers", "the launcher's token is not bound to a pod", fix,
			"use the token that Kubernetes mounts in the parent's pod, not one of `kubectl create token`")}
	case parent.Error != "":
		return []Result{p.fail(IDLauncher, "containers", "the launcher's pod is unknown", fix, "%s", parent.Error)}
	case parent.ServiceAccountName != p.Site.LauncherAccount(participant):
		return []Result{p.fail(IDLauncher, "containers", "the launcher's pod runs as another ServiceAccount", fix, "%s", quote(parent.ServiceAccountName))}
	case parent.KitName == "" || parent.KitName != p.KitName:
		return []Result{p.fail(IDLauncher, "volumes", "not the kit of the launcher's pod", "mount the kit of the parent",
			"the parent mounts %s, the job pod %s", quote(parent.KitName), quote(p.KitName))}
	}
	return nil
}

// ownsSecret says whether the user of a request is the launcher of the participant
// that a launcher's Secret belongs to.
func ownsSecret(r Request, site *compiled.Policy, f *facts.Facts, secret string) bool {
	participant, ok := site.ParticipantOfUser(r.User, r.Namespace)
	if !ok || f.Launcher == nil || f.Launcher.Error != "" {
		return false
	}
	k, ok := f.Kit(f.Launcher.KitName)
	return ok && k.Error == "" && k.Participant == participant &&
		site.Profiles().Owns(secret, k.Framework, k.Participant, k.Role)
}
