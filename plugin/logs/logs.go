// Package logs is the command that shows a participant's log.
package logs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
)

// Options are the flags of `kubectl flare logs`.
type Options struct {
	Participant string
	// Container is empty for all containers.
	Container string
	Follow    bool
	Previous  bool
	Tail      int64
	Since     time.Duration

	clients clients.Clients
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare logs`.
func NewCommand(c clients.Clients, streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "logs PARTICIPANT",
		DisableFlagsInUseLine: true,
		Short:                 "Print a participant's log",
		Long: templates.LongDesc(`
			Print the log of a participant. Give its true name or the name of its objects.

			If the participant has several containers, the command prints the logs of all of them, and each
			line begins with its pod and container. Colors are removed unless standard output is a terminal.`),
		Example: templates.Examples(`
			# Print a client's log
			kubectl flare logs Site_2

			# Follow the server's log from its last 20 lines
			kubectl flare logs server1 -f --tail=20

			# Print the log of one container
			kubectl flare logs site-1 -c relay

			# Print the log of the container before the last restart
			kubectl flare logs site-1 --previous`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.Participant = args[0]
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return participants.Complete(o.clients)(cmd, args, start)
		},
	}
	cmd.Flags().StringVarP(&o.Container, "container", "c", "", "Print only the log of this container")
	cmd.Flags().BoolVarP(&o.Follow, "follow", "f", false, "Keep printing new lines of the log")
	cmd.Flags().BoolVarP(&o.Previous, "previous", "p", false, "Print the log of the container before the last restart")
	cmd.Flags().Int64Var(&o.Tail, "tail", -1, "Number of last lines to print; -1 prints all")
	cmd.Flags().DurationVar(&o.Since, "since", 0, "Print only lines newer than this duration, such as 5m or 2h")
	return cmd
}

// Validate checks the flags.
func (o *Options) Validate() error {
	var errs []error
	if o.Tail < -1 {
		errs = append(errs, fmt.Errorf("--tail %d is not a number of lines: give 0 or more, or -1 for all", o.Tail))
	}
	if o.Since < 0 || (o.Since > 0 && o.Since < time.Second) {
		errs = append(errs, fmt.Errorf("--since %s is too short: give at least 1s", o.Since))
	}
	if o.Follow && o.Previous {
		errs = append(errs, errors.New("--follow and --previous cannot be combined, because the previous container has ended: give one of them"))
	}
	return errors.Join(errs...)
}

// Run prints the log, or the logs of all containers if there are several.
func (o *Options) Run(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	sources, err := o.sources(ctx, typed)
	if err != nil {
		return err
	}
	return o.print(ctx, typed, sources)
}

func (o *Options) logOptions(container string) *corev1.PodLogOptions {
	opts := &corev1.PodLogOptions{Container: container, Follow: o.Follow, Previous: o.Previous}
	if o.Tail >= 0 {
		opts.TailLines = &o.Tail
	}
	if o.Since > 0 {
		opts.SinceSeconds = new(int64(o.Since.Seconds()))
	}
	return opts
}
