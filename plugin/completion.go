package plugin

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
)

// maxCompletions bounds what one completion requests from a server.
const maxCompletions = 100

// completeFlags completes the values of kubectl's own flags.
func completeFlags(cmd *cobra.Command, c clients.Clients) {
	fromConfig := func(names func(api.Config) []string) cobra.CompletionFunc {
		return func(_ *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
			config, err := c.ToRawKubeConfigLoader().RawConfig()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			return matching(names(config), start)
		}
	}
	for flag, complete := range map[string]cobra.CompletionFunc{
		"namespace": completeNamespaces(c),
		"context":   fromConfig(func(c api.Config) []string { return keys(c.Contexts) }),
		"cluster":   fromConfig(func(c api.Config) []string { return keys(c.Clusters) }),
		"user":      fromConfig(func(c api.Config) []string { return keys(c.AuthInfos) }),
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // a flag name above is wrong
		}
	}
}

func completeNamespaces(c clients.Clients) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
		typed, err := c.Typed()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		list, err := typed.CoreV1().Namespaces().List(cmd.Context(), metav1.ListOptions{Limit: maxCompletions})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var names []string
		for _, ns := range list.Items {
			names = append(names, ns.Name)
		}
		return matching(names, start)
	}
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

func matching(names []string, start string) ([]string, cobra.ShellCompDirective) {
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, start) })
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}
