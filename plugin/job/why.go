package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func newWhy(shared options) *cobra.Command {
	o := shared
	cmd := &cobra.Command{
		Use:                   "why JOB_ID",
		DisableFlagsInUseLine: true,
		Short:                 "Say why a job failed at the participants of a namespace",
		Long: templates.LongDesc(`
			Say why a job failed at the participants of a namespace.

			Often, the FL server knows only that a participant could not run the job. The reason, such as a job pod
			that the site's policy denies or an exception, is in the log of the participant or in that of the job's
			pod, from which this command prints it. It needs no admin. The administrators of other sites see theirs in the same way.

			In a namespace with an admin, the FL server is asked too, from a pod with the admin's kit: for the
			job's status and, if it has failed, for what the server knows of the reason, such as the exception
			of its part of the job.`),
		Example: templates.Examples(`
			# Say why a job failed at this site
			kubectl flare job why 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-site-1

			# Say what the FL server knows about it
			kubectl flare job why 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-admin`),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			return o.why(cmd.Context(), args[0])
		},
	}
	o.addStudy(cmd)
	return cmd
}

func (o *options) why(ctx context.Context, id string) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	namespace, err := o.clients.Namespace()
	if err != nil {
		return err
	}
	all, err := participants.List(ctx, typed, namespace)
	if err != nil {
		return err
	}
	pods, err := participants.ListPods(ctx, typed, namespace)
	if err != nil {
		return err
	}
	found := 0
	say := func(who string, reasons []string) error {
		for _, reason := range reasons {
			found++
			if _, err := fmt.Fprintf(o.streams.Out, "%s: %s\n", who, reason); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range all {
		reasons, err := o.reasons(ctx, typed, p, pods, id)
		if err != nil {
			return fmt.Errorf("the log of %q cannot be read: %w", p.Name, err)
		}
		if err := say(p.Name, reasons); err != nil {
			return err
		}
	}
	if err := o.askJobPods(ctx, typed, namespace, all, id, say); err != nil {
		return err
	}
	if err := o.askServers(ctx, typed, all, id, say); err != nil {
		return err
	}
	if found == 0 {
		return fmt.Errorf("no participant of namespace %q says why job %s failed: look at other namespaces with -n, ask the other sites, or read the log with `kubectl flare logs PARTICIPANT`", namespace, id)
	}
	return nil
}

// reasons reads the logs of a participant's running pods.
func (o *options) reasons(ctx context.Context, typed kubernetes.Interface, p participants.Participant, pods participants.Pods, id string) ([]string, error) {
	framework, err := o.frameworks.Get(p.Framework)
	if err != nil || framework.Explainer == nil {
		return nil, nil //nolint:nilerr // other frameworks of the namespace may know
	}
	var reasons []string
	for _, w := range p.Workloads {
		pod := pods.Of(p, w)
		if pod == nil || w.OnDemand() {
			continue
		}
		found, err := why(ctx, typed, framework.Explainer, pod, id)
		if err != nil {
			return nil, err
		}
		reasons = append(reasons, found...)
	}
	return reasons, nil
}

// why reads the logs of a pod's containers: the participant and its launcher may be in
// different ones.
func why(ctx context.Context, typed kubernetes.Interface, explainer workloads.Explainer, pod *corev1.Pod, id string) ([]string, error) {
	var all []string
	for i := range pod.Spec.Containers {
		log, err := typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: pod.Spec.Containers[i].Name}).Stream(ctx)
		if err != nil {
			return nil, err
		}
		reasons, err := explainer.Why(log, id)
		if err = errors.Join(err, log.Close()); err != nil {
			return nil, err
		}
		all = append(all, reasons...)
	}
	return all, nil
}
