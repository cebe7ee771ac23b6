package up

import (
	"context"
	"fmt"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/job"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// job runs the job with the kit of the federation's first admin that is launched here; nil if
// there is none to run. What is wrong with its folder is found at once.
func (o *Options) job(f *federation.Federation) (func(context.Context, []member) error, error) {
	if o.AppDir == "" {
		return nil, nil //nolint:nilnil // no job is no error
	}
	framework, err := o.known.Workloads.Get(f.Spec.Framework.Name)
	if err != nil {
		return nil, fmt.Errorf("spec.framework.name: %w", err)
	}
	set := slices.Clone(o.Set)
	if rounds, ok := framework.Workloads.(workloads.Rounds); ok {
		set = append(set, number(rounds.RoundsKey(), o.Rounds)...)
		set = append(set, number(rounds.ClientsKey(), o.Min)...)
	} else if o.Rounds > 0 || o.Min > 0 {
		return nil, fmt.Errorf("%s has no usual names for --rounds and --min: give the job's own with --set", framework.Describe().Title)
	}
	submit := func(c clients.Clients, admin string) (*job.Submission, error) {
		return job.NewSubmission(c, o.IOStreams, o.clock, o.known.Workloads, o.AppDir, admin, set...)
	}
	if _, err := submit(o.clients, ""); err != nil {
		return nil, err
	}
	return func(ctx context.Context, all []member) error {
		i := slices.IndexFunc(all, func(m member) bool { return !m.apart && m.Role == framework.Jobs.Operator() })
		if i < 0 {
			return fmt.Errorf("no participant here may run a job: give the federation one with the role %s", framework.Jobs.Operator())
		}
		one, err := submit(placed{all[i].clients, all[i].Namespace}, all[i].Name)
		if err != nil {
			return err
		}
		return one.Run(ctx)
	}, nil
}

// placed are the clients of a cluster for a namespace of it.
type placed struct {
	clients.Clients

	namespace string
}

// Namespace implements clients.Clients.
func (p placed) Namespace() (string, error) { return p.namespace, nil }

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

# See what would be done for a federation in several clusters, and do it
kubectl flare up -f federation.yaml --plan
kubectl flare up -f federation.yaml

# Launch the participants of one organization
kubectl flare up -f federation.yaml --only-org=hospital-a`
}
