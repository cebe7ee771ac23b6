package checks

import "github.com/kubectl-flare/kubectl-flare/policies/profiles"

// command demands that the participant's container runs exactly what its profile
// runs: with an allowed image and another command the key could be printed.
//
// Fields: containers[0].command, args.
func command(p *Pod) []Result {
	if p.Kit == nil {
		return nil // kit has refused it
	}
	if p.Main.Container == nil {
		return []Result{p.fail(IDArgv, "containers", "not a participant's command", "let the pod have one container", "it has none")}
	}
	if p.Process.Kind == profiles.KindNone {
		return []Result{p.failIn(p.Main, IDArgv, "command", "not a participant's command", "take the kit away, or run the participant as `kubectl flare launch` does",
			"the pod refers to %s, but runs none of %s's processes", quote(p.KitName), p.Profile.Name())}
	}
	var results []Result
	for _, problem := range p.Profile.Argv(p.Main.Container, p.Process, p.identity()) {
		results = append(results, p.failIn(p.Main, IDArgv, problem.Field, "not a participant's command", problem.Fix, "%s", oneLine(problem.Detail)))
	}
	return results
}
