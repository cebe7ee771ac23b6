package checks

// command demands that the participant's container runs exactly what its profile
// runs: with an allowed image and another command the key could be printed.
//
// Fields: containers[0].command, args.
func command(p *Pod) []Result {
	if p.Main.Container == nil {
		return nil
	}
	var results []Result
	for _, problem := range p.Profile.Argv(p.Main.Container, p.Process, p.identity()) {
		results = append(results, p.failIn(p.Main, IDArgv, problem.Field, "not a participant's command", problem.Fix, "%s", oneLine(problem.Detail)))
	}
	return results
}
