package launch

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// flags are launch's own flags, as given.
type flags struct {
	Pods
	ServerNamespace string
	RootFingerprint string
	PINFile         string
	Wait            bool
	Rollback        bool
	JobRuntime      string
	Data            []string
	Delivery        delivery.Flags
	sizeGiven       bool
}

func defaults() flags {
	return flags{Pods: NewPods(), JobRuntime: runtimeProcess, Wait: true, Rollback: true}
}

func (f *flags) add(cmd *cobra.Command, known *workloads.Registry) {
	fs := cmd.Flags()
	f.Add(cmd, known)
	fs.StringVar(&f.JobRuntime, "job-runtime", f.JobRuntime, "Where jobs run: process, in the participant's own container; container, in a container beside it; or pod, each in a pod of its own")
	_ = cmd.RegisterFlagCompletionFunc("job-runtime", cobra.FixedCompletions([]string{runtimeProcess, runtimeContainer, runtimePod}, cobra.ShellCompDirectiveNoFileComp))
	fs.StringArrayVar(&f.Data, "data", nil, "Claim with the site's data and its path for jobs, as CLAIM:PATH, read-only, or CLAIM:PATH:rw; without a path, it is that of the SitePolicy; may be given more than once")
	f.Delivery.Add(fs)
	fs.StringVar(&f.ServerNamespace, "server-namespace", f.ServerNamespace, "Namespace of this cluster in which the server runs, for kits that dial a bare Service name")
	fs.StringVar(&f.RootFingerprint, "root-fingerprint", f.RootFingerprint, "SHA-256 fingerprint that the kit's root certificate must have; get it from the project lead, not from the kit")
	source.AddPINFlag(fs, &f.PINFile)
	fs.BoolVar(&f.Wait, "wait", f.Wait, "Wait until the server is ready or the client has registered")
	fs.BoolVar(&f.Rollback, "rollback", f.Rollback, "Restore the former objects if a change of a running participant does not work")
}

// participant reads the flags and reports all problems with them.
func (f *flags) participant(namespace string, known *workloads.Registry) (workloads.Participant, error) {
	p, err := f.Participant(namespace, known)
	errs := []error{err, f.Delivery.Validate(), f.jobRuntime()}
	if f.Wait && f.Timeout < minTimeout {
		errs = append(errs, fmt.Errorf("--timeout %s is too short: give at least %s, or --wait=false", f.Timeout, minTimeout))
	}
	data, err := ParseData(f.Data)
	p.Data, errs = data, append(errs, err)
	p.ServerNamespace, p.KitImage = f.ServerNamespace, f.Delivery.Image
	p.JobPods, p.JobContainer = f.JobRuntime == runtimePod, f.JobRuntime == runtimeContainer
	return p, errors.Join(errs...)
}
