package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// network shows that a client reaches its server, DNS and the API server, which its launcher
// needs, and nothing else that others reach. The cluster must enforce NetworkPolicies.
func (d *demo) network(ctx context.Context) error {
	elsewhere, from, listener, err := d.Outside(ctx)
	if err != nil {
		return err
	}
	api := scenario.Target{Name: "the API server", Host: "kubernetes.default.svc.cluster.local", Port: 443}
	server := scenario.Target{Name: "its server, by a name of DNS", Host: d.DialledHost(), Port: 8002}
	webhook := scenario.Target{Name: "the webhook", Host: "flare-webhook.flare-system.svc.cluster.local", Port: 443}
	targets := []scenario.Target{listener, webhook, api, server}
	others, err := d.Reach(ctx, elsewhere, from, targets)
	if err != nil {
		return err
	}
	client, err := d.Inside(ctx, d.Site1Namespace(), targets)
	if err != nil {
		return err
	}
	want := map[string]bool{listener.Name: false, webhook.Name: false, api.Name: true, server.Name: true}
	showReached(others, client)
	for name, reached := range others {
		if !reached {
			return fmt.Errorf("a pod of a namespace that is not governed does not reach %s", name)
		}
	}
	if !maps.Equal(client, want) {
		return fmt.Errorf("the client reaches %v and must reach %v", client, want)
	}
	return nil
}

func showReached(others, client map[string]bool) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "REACHED\tBY OTHERS\tBY THE CLIENT")
	for _, name := range slices.Sorted(maps.Keys(others)) {
		fmt.Fprintf(out, "%s\t%t\t%t\n", name, others[name], client[name])
	}
	_ = out.Flush()
}
