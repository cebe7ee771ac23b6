// Command kubectl-flare is the kubectl plugin `kubectl flare`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	cmd := plugin.NewCommand(plugin.DefaultOptions(genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}))
	cmd.SetArgs(plugin.Args(os.Args))
	err := cmd.ExecuteContext(ctx)
	stop()
	os.Exit(plugin.ExitCode(os.Stderr, err))
}
