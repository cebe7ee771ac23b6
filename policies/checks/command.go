package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// command requires that every container of a participant runs exactly the command of its
// profile: with an allowed image and another command, the key could be printed.
//
// Fields: containers[*].command, args.
func command(p *Pod) []Result {
	if p.Kit == nil {
		return nil // the check kit denies it
	}
	if p.Main.Container == nil {
		return []Result{p.fail(IDArgv, "containers", "not a participant's command", "run the participant as `kubectl flare launch` does", "the pod has no container")}
	}
	if p.Ambiguous {
		return []Result{p.failIn(p.Main, IDArgv, "command", "not a participant's command", "run the participant as `kubectl flare launch` does",
			"the commands of the pod belong to several frameworks")}
	}
	if p.Process.Kind == profiles.KindNone {
		return []Result{p.failIn(p.Main, IDArgv, "command", "not a participant's command", "remove the kit, or run the participant as `kubectl flare launch` does",
			"the pod refers to %s, but does not run a process of %s", quote(p.KitName), p.Kit.Framework)}
	}
	var results []Result
	for _, c := range p.containers {
		d := p.Demand(c)
		if d == nil {
			continue // the check containers denies it
		}
		for _, problem := range d.Grammar.Argv(c.Container) {
			results = append(results, p.failIn(c, IDArgv, problem.Field, "not a participant's command", problem.Fix, "%s", oneLine(problem.Detail)))
		}
	}
	return results
}
