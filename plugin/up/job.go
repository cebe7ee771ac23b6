package up

import (
	"github.com/kubectl-flare/kubectl-flare/plugin/job"
)

// job is the job to run, or nil if there is none.
func (o *Options) job() (*job.Submission, error) {
	if o.AppDir == "" {
		return nil, nil //nolint:nilnil // no job is no error
	}
	return job.NewSubmission(o.clients, o.IOStreams, o.clock, o.known.Workloads, o.AppDir, o.adminName())
}

// examples are those of the help text, with a framework's name.
func examples(frameworks []string) string {
	name := "NAME"
	if len(frameworks) > 0 {
		name = frameworks[0]
	}
	return `
# Run a server and three clients, and an app
kubectl flare up app --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 --clients=3 -n demo

# Give the clients data and a privacy budget
kubectl flare up app --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 -n demo \
  --data=ct-scans:/data --client-config=dataset=/data --client-config=privacy-budget=0.5

# See which participants there would be
kubectl flare up --framework=` + name + ` --image=registry.example.org/` + name + `:1.42.0 --dry-run=client -n demo`
}
