package participants

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
)

// Complete completes participants' names on the command line.
func Complete(c clients.Clients) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		typed, err := c.Typed()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		namespace, err := c.Namespace()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		all, err := List(cmd.Context(), typed, namespace)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var names []string
		for _, p := range all {
			if strings.HasPrefix(p.Name, start) && !contains(args, p.Name) {
				names = append(names, p.Name+"\t"+string(p.Role)+" of "+p.Federation)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

func contains(args []string, name string) bool {
	for _, arg := range args {
		if Matches(name, arg) {
			return true
		}
	}
	return false
}
