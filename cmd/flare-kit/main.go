// Command flare-kit runs in pods, for kits on a PersistentVolumeClaim: "flare-kit receive"
// writes a kit from standard input to the claim, and "flare-kit verify" copies a kit to memory
// before a participant starts, if it matches its seal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/receive"
	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/verify"
)

func main() {
	// As the first process of its container, it would otherwise not receive SIGTERM.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("no command is given: give verify or receive")
	}
	fs := pflag.NewFlagSet("flare-kit "+args[0], pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	digest := fs.String("digest", "", "Digest of the kit: 64 lower-case hexadecimal digits")
	to := fs.String("to", "", "Folder for the kit")
	var from, seal *string
	if args[0] == "verify" {
		from, seal = fs.String("from", "", "Folder that contains startup/"), fs.String("seal", "", "Folder that contains the seal")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case args[0] == "verify":
		return verify.Run(verify.Options{Digest: *digest, From: *from, Seal: *seal, To: *to}, out)
	case args[0] == "receive":
		return receive.Run(ctx, receive.Options{Digest: *digest, To: *to}, in, out)
	}
	return fmt.Errorf("unknown command %q: give verify or receive", args[0])
}
