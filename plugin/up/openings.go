package up

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// dialTime is how long a connection from here may take.
const dialTime = 3 * time.Second

// opening is an address of the server, and the participants that dial it.
type opening struct {
	host string
	port int
	// from are participants here, of others the organizations.
	from []string
}

func (o opening) String() string { return net.JoinHostPort(o.host, strconv.Itoa(o.port)) }

// openings says, where one organization launches its own part, what must be open between it
// and the others. What can be tried from here is tried.
func (o *Options) openings(ctx context.Context, all []member) {
	if o.OnlyOrg == "" {
		return
	}
	i := slices.IndexFunc(all, func(m member) bool { return m.Role == kit.RoleServer })
	if i < 0 {
		return
	}
	server := all[i]
	for _, one := range dialed(all, !server.apart) {
		o.reporter.Progress("%s", o.advice(ctx, server, one))
	}
}

// dialed are the addresses that participants dial: those of others, if the server runs here,
// and else those of participants here.
func dialed(all []member, others bool) []opening {
	var found []opening
	for _, m := range all {
		if m.kit == nil || m.Role == kit.RoleServer || m.apart != others {
			continue
		}
		who := m.Name
		if others {
			who = cmp.Or(m.Org, m.Name)
		}
		at := slices.IndexFunc(found, func(f opening) bool { return f.host == m.kit.server.Host && f.port == m.kit.server.Port })
		if at < 0 {
			found, at = append(found, opening{host: m.kit.server.Host, port: m.kit.server.Port}), len(found)
		}
		if !slices.Contains(found[at].from, who) {
			found[at].from = append(found[at].from, who)
		}
	}
	return found
}

func (o *Options) advice(ctx context.Context, server member, one opening) string {
	host := workloads.ParseHost(one.host, server.ClusterDomain)
	who := strings.Join(one.from, ", ")
	inside := host.Kind == workloads.HostBare || host.Kind == workloads.HostService
	switch {
	case inside && !server.apart:
		return fmt.Sprintf("Check: %s dial %s, a Service of this cluster: participants elsewhere do not reach that name; it works only for those in the same cluster", who, one)
	case inside:
		return fmt.Sprintf("Check: %s dial %s, a name inside of the cluster of %s: it works only if they run in that cluster", who, one, server.Name)
	case !server.apart:
		return fmt.Sprintf("Check: %s dial %s: open this port to them, and let TLS pass through to %s", who, one, server.Name)
	}
	dialer := net.Dialer{Timeout: dialTime}
	connection, err := dialer.DialContext(ctx, "tcp", one.String())
	if err != nil {
		return fmt.Sprintf("Check: %s dial %s, which does not answer from here (%v): ask %s to open this port to the addresses of your cluster, and your own IT to let it out",
			who, one, err, cmp.Or(server.Org, server.Name))
	}
	_ = connection.Close()
	return fmt.Sprintf("Check: %s dial %s, which answers from here", who, one)
}
