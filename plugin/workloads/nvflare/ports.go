package nvflare

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The ports' names, in pods and Services.
const (
	flPort    = "fl"
	adminPort = "admin"
)

// serverPorts are the FL port and, where the kit has another one for admins,
// that one.
func serverPorts(k *kit.Kit) ([]corev1.ContainerPort, error) {
	ports := []corev1.ContainerPort{port(flPort, k.Server.Port)}
	admin, err := kitAdminPort(k)
	if err != nil {
		return nil, err
	}
	if admin != 0 && admin != k.Server.Port {
		ports = append(ports, port(adminPort, admin))
	}
	return ports, nil
}

func port(name string, number int) corev1.ContainerPort {
	return corev1.ContainerPort{Name: name, ContainerPort: int32(number), Protocol: corev1.ProtocolTCP} //nolint:gosec // both readers take ports up to 65535
}

// kitAdminPort reads the one fact of fed_server.json that kit.Kit does
// not hold. 0 means that the file names none.
func kitAdminPort(k *kit.Kit) (int, error) {
	data, ok := k.Startup.Get("fed_server.json")
	if !ok {
		return 0, fmt.Errorf("the kit of server %q has no startup/fed_server.json", k.Participant)
	}
	var config struct {
		Servers []struct {
			AdminPort int `json:"admin_port"`
		} `json:"servers"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return 0, fmt.Errorf("startup/fed_server.json of server %q: %w", k.Participant, err)
	}
	if len(config.Servers) == 0 {
		return 0, nil
	}
	n := config.Servers[0].AdminPort
	if n < 0 || n > 65535 {
		return 0, fmt.Errorf("startup/fed_server.json of server %q: servers[0].admin_port is %d, which is no port", k.Participant, n)
	}
	return n, nil
}
