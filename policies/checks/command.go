package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// command demands that every container of a participant runs exactly what its
// profile runs: with an allowed image and another command the key could be printed.
//
// Fields: containers[*].command, args.
func command(p *Pod) []Result {
	if p.Kit == nil {
		return nil // kit has refused it
	}
	if p.Main.Container == nil {
		return []Result{p.fail(IDArgv, "containers", "not a participant's command", "let the pod have one container", "it has none")}
	}
	if p.Ambiguous {
		return []Result{p.failIn(p.Main, IDArgv, "command", "not a participant's command", "run the participant as `kubectl flare launch` does",
			"several frameworks know the commands of the pod, which can be held to one only")}
	}
	if p.Process.Kind == profiles.KindNone {
		return []Result{p.failIn(p.Main, IDArgv, "command", "not a participant's command", "take the kit away, or run the participant as `kubectl flare launch` does",
			"the pod refers to %s, but runs none of %s's processes", quote(p.KitName), p.Kit.Framework)}
	}
	var results []Result
	for c := range Containers(p.Spec) {
		d := p.Demand(c)
		if d == nil {
			continue // containers denies it
		}
		for _, problem := range d.Grammar.Argv(c.Container) {
			results = append(results, p.failIn(c, IDArgv, problem.Field, "not a participant's command", problem.Fix, "%s", oneLine(problem.Detail)))
		}
	}
	return results
}
