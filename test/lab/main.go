//go:build linux

// Command lab runs real Kubernetes clusters on a bare Linux machine, made from Go
// modules and Debian packages alone: no container engine, no hypervisor.
//
//	go run ./test/lab up [--clusters N]   start the clusters
//	go run ./test/lab push                build and push the NVFLARE image
//	go run ./test/lab push flower         the same for the images of Flower
//	go run ./test/lab env                 print what the plugin and the tests need
//	go run ./test/lab status              say what runs
//	go run ./test/lab restart CLUSTER     cut a cluster's power and start it again
//	go run ./test/lab restart CLUSTER DAEMON  kill one daemon, which starts again
//	go run ./test/lab nvflare ARGS...     run NVFLARE's own command
//	go run ./test/lab down                end everything
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "lab",
		Short:             "Real Kubernetes clusters on this machine",
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return checkRoot() },
	}
	root.AddCommand(newUp(), newDown(), newRestart(), newStatus(), newEnv(), newPush(), newNVFLARE(), newMachine())
	return root
}

func checkRoot() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("the lab makes namespaces, mounts and interfaces: run it as root (you are user %d)", os.Geteuid())
	}
	return nil
}

// newMachine is what the lab runs itself as: a machine's first process.
func newMachine() *cobra.Command {
	return &cobra.Command{
		Use: "machine NAME", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return machine.Init(args[0]) },
	}
}
