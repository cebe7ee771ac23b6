package up

import (
	"fmt"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/plugin/job"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// job is the job to run, or nil if there is none.
func (o *Options) job() (*job.Submission, error) {
	if o.AppDir == "" {
		return nil, nil //nolint:nilnil // no job is no error
	}
	set := slices.Clone(o.Set)
	if rounds, ok := o.objects.Workloads.(workloads.Rounds); ok {
		set = append(set, number(rounds.RoundsKey(), o.Rounds)...)
		set = append(set, number(rounds.ClientsKey(), o.Min)...)
	} else if o.Rounds > 0 || o.Min > 0 {
		return nil, fmt.Errorf("%s has no usual names for --rounds and --min: give the job's own with --set", o.framework.Title())
	}
	return job.NewSubmission(o.clients, o.IOStreams, o.clock, o.known.Workloads, o.AppDir, o.adminName(), set...)
}

// number is a value of the job, if it was given.
func number(key string, n int) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s=%d", key, n)}
}

// examples are those of the help text, with a framework's name.
func examples(frameworks []string) string {
	name := "NAME"
	if len(frameworks) > 0 {
		name = frameworks[0]
	}
	return `
# Run a server and three clients, and five rounds of an app
kubectl flare up app --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 --clients=3 --rounds=5 -n demo

# Give the clients data and a privacy budget
kubectl flare up app --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 -n demo \
  --data=ct-scans:/data --client-config=dataset=/data --client-config=privacy-budget=0.5

# See which participants there would be
kubectl flare up --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 --dry-run=client -n demo`
}
