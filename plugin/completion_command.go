package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
)

// The programs that complete this plugin for kubectl: a script for a shell, and one for
// Windows.
const (
	completerScript  = "#!/bin/sh\nexec kubectl flare " + cobra.ShellCompRequestCmd + " \"$@\"\n"
	completerWindows = "@kubectl flare " + cobra.ShellCompRequestCmd + " %*\r\n"
)

// newCompletionCommand takes the place of cobra's own command, whose scripts complete
// "kubectl-flare", which no one types. kubectl 1.26 and later asks a program on PATH.
func newCompletionCommand(streams genericiooptions.IOStreams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:                   "completion [--to=DIR]",
		DisableFlagsInUseLine: true,
		Short:                 "Write the program with which kubectl completes \"kubectl flare\"",
		Long: templates.LongDesc(`
			Write the program with which kubectl completes "kubectl flare".

			kubectl 1.26 and later completes a plugin if a program kubectl_complete-flare is on PATH, and if
			completion of kubectl itself is on: see "kubectl completion --help". Without --to, the program is
			printed.`),
		Example: templates.Examples(`
			# Switch completion on, with a folder that is on PATH
			kubectl flare completion --to=$HOME/.local/bin`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			return writeCompleter(streams, dir, runtime.GOOS)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringVar(&dir, "to", "", "Folder on PATH to write the program to")
	_ = cmd.MarkFlagDirname("to")
	return cmd
}

func writeCompleter(streams genericiooptions.IOStreams, dir, system string) error {
	name, script := completer, completerScript
	if system == "windows" {
		name, script = completer+".cmd", completerWindows
	}
	if dir == "" {
		_, err := fmt.Fprint(streams.Out, script)
		return err
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil { //nolint:gosec // all users may run it
		return source.CannotWrite(file, err)
	}
	_, err := fmt.Fprintf(streams.Out, "%s written\n", file)
	return err
}
