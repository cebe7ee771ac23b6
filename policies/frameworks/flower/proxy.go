package flower

import (
	"embed"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// ProgramProxy is the reverse proxy in the pods of SuperLinks and scientists: nginx, 1.22 or
// later, which distributions keep. In Flower's open edition, the Control API knows no users:
// anyone who reaches it controls the federation. So it is on loopback, behind a port that
// opens with a scientist's certificate alone. In the dialect http, in which all APIs share a
// port, the Fleet API has a port of its own too, which leads nowhere else.
const ProgramProxy = "nginx"

// ProxyArguments are those of the proxy, for the folder that contains startup/. Paths in its
// configuration are relative to startup/.
func ProxyArguments(workspace string) []string {
	return []string{"-p", workspace + "/startup/", "-c", ProxyFile, "-e", "stderr"}
}

// proxies are the configurations, one for each role and dialect. The paths in them are those
// of superlink/routers in 1.42.0 and of proto/control_pb2_grpc.py in 1.36.0.
//
//go:embed proxy
var proxies embed.FS

// proxyConfiguration is the configuration of a participant's proxy. It is empty for roles
// without one.
func proxyConfiguration(s *Spec) []byte {
	dialect, err := DialectOf(s.Version)
	if err != nil {
		return nil
	}
	text, err := proxies.ReadFile("proxy/" + string(s.Role) + "-" + string(dialect) + ".conf")
	if err != nil {
		return nil
	}
	host, port, _ := kit.SplitAddress(s.Control)
	return []byte(strings.NewReplacer("{host}", host, "{port}", strconv.Itoa(port)).Replace(string(text)))
}
