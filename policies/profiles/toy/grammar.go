package toy

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// words is the only command that a container may have.
type words []string

// Argv implements profiles.Grammar. The program must be in command: otherwise the image's
// entrypoint would run.
func (w words) Argv(c *corev1.Container) []profiles.Problem {
	const fix = "use the command that `kubectl flare launch` writes"
	if len(c.Command) == 0 || !slices.Equal(slices.Concat(c.Command, c.Args), w) {
		return []profiles.Problem{{Field: "command", Detail: fmt.Sprintf("the command must be %q", []string(w)), Fix: fix}}
	}
	return nil
}

// Environment implements profiles.Grammar: toy has one variable.
func (words) Environment(c *corev1.Container) []profiles.Problem {
	var problems []profiles.Problem
	for i := range c.Env {
		e := &c.Env[i]
		if e.Name == "TZ" && e.Value == "UTC" && e.ValueFrom == nil {
			continue
		}
		problem := profiles.Problem{
			Field: fmt.Sprintf("env[%d]", i), Detail: fmt.Sprintf("the variable %q is not on the list of allowed ones", e.Name), Fix: "remove it",
		}
		if e.Name != "TZ" && e.ValueFrom == nil {
			problem.Unlisted = e.Name
		}
		problems = append(problems, problem)
	}
	return problems
}
