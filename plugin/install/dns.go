package install

import (
	"context"

	"github.com/kubectl-flare/kubectl-flare/plugin/clusterdns"
)

// clusterDNS are the pods of the cluster's DNS, for the webhook: NetworkPolicies of governed
// namespaces may open them. It is "" where they are the usual ones.
func (o *Options) clusterDNS(ctx context.Context) (string, error) {
	if o.ClusterDNS != "" || o.Printer.DryRun.Client() {
		return o.ClusterDNS, nil
	}
	typed, err := o.clients.Typed()
	if err != nil {
		return "", err
	}
	return clusterdns.Flag(clusterdns.Find(ctx, typed)), nil
}
