package nvflare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// fillServer reads fed_server.json. It does not contain the name that clients dial, so the
// host is the first name in the certificate.
func fillServer(doc *document, k *kit.Kit) error {
	if err := doc.oneServer(); err != nil {
		return err
	}
	scheme, err := schemeAt(doc, "servers", 0, "service", "scheme")
	if err != nil {
		return err
	}
	_, port, err := addressAt(doc, kit.SplitAddress, "servers", 0, "service", "target")
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("servers", 0, "name"); err != nil {
		return err
	}
	k.ServerNames = slices.Clone(k.Certificate.DNSNames)
	for _, ip := range k.Certificate.IPAddresses {
		k.ServerNames = append(k.ServerNames, ip.String())
	}
	host := k.Participant
	if len(k.ServerNames) > 0 {
		host = k.ServerNames[0]
	}
	k.Server = kit.Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: k.Participant}
	k.Ports, err = serverPorts(doc, port)
	return err
}

// The names of a server's ports.
const (
	PortFL    = "fl"
	PortAdmin = "admin"
)

// serverPorts are the FL port and, if it differs, the port for admins.
func serverPorts(doc *document, port int) ([]kit.Port, error) {
	ports := []kit.Port{{Name: PortFL, Number: port}}
	if !doc.has("servers", 0, "admin_port") {
		return ports, nil
	}
	admin, err := doc.port("servers", 0, "admin_port")
	if err == nil && admin != port {
		ports = append(ports, kit.Port{Name: PortAdmin, Number: admin})
	}
	return ports, err
}

// fillClient reads fed_client.json.
func fillClient(doc *document, k *kit.Kit) error {
	if err := doc.oneServer(); err != nil {
		return err
	}
	scheme, err := schemeAt(doc, "servers", 0, "service", "scheme")
	if err != nil {
		return err
	}
	host, port, err := clientAddress(doc, k.Family)
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("servers", 0, "name"); err != nil {
		return err
	}
	identity, err := doc.text("servers", 0, "identity")
	if err != nil {
		return err
	}
	k.Server = kit.Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: identity}
	k.Relay, err = relay(&k.Content)
	return err
}

// clientAddress is the address that the client dials. In 2.7, it is in the configuration of
// the overseer agent.
func clientAddress(doc *document, family string) (string, int, error) {
	if family == Family27 {
		return addressAt(doc, splitEndPoint, "overseer_agent", "args", "sp_end_point")
	}
	return addressAt(doc, kit.SplitAddress, "servers", 0, "service", "target")
}

// fillAdmin reads fed_admin.json.
func fillAdmin(doc *document, k *kit.Kit) error {
	scheme, err := schemeAt(doc, "admin", "scheme")
	if err != nil {
		return err
	}
	host, _, err := addressAt(doc, hostAlone, "admin", "host")
	if err != nil {
		return err
	}
	port, err := doc.port("admin", "port")
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("admin", "project_name"); err != nil {
		return err
	}
	identity, err := doc.text("admin", "server_identity")
	if err != nil {
		return err
	}
	k.Server = kit.Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: identity}
	return nil
}

func hostAlone(host string) (string, int, error) { return host, 0, kit.CheckHost(host) }

func schemeAt(doc *document, steps ...any) (string, error) {
	scheme, err := doc.text(steps...)
	if err != nil {
		return "", err
	}
	if err := checkScheme(scheme); err != nil {
		return "", doc.wrong(err.Error(), steps...)
	}
	return scheme, nil
}

// addressAt reads an address and splits it with split.
func addressAt(doc *document, split func(string) (string, int, error), steps ...any) (string, int, error) {
	value, err := doc.text(steps...)
	if err != nil {
		return "", 0, err
	}
	host, port, err := split(value)
	if err != nil {
		return "", 0, doc.wrong(err.Error(), steps...)
	}
	return host, port, nil
}

// splitEndPoint splits "host:port:admin-port", the form in clients of 2.7. The two ports may
// be the same.
func splitEndPoint(endPoint string) (host string, port int, err error) {
	last := strings.LastIndexByte(endPoint, ':')
	if last < 0 {
		last = len(endPoint)
	}
	if _, ok := kit.ParsePort(strings.TrimPrefix(endPoint[last:], ":")); !ok {
		return "", 0, fmt.Errorf("is %s, which is not host:port:admin-port", kit.Quote(endPoint))
	}
	return kit.SplitAddress(endPoint[:last])
}

func checkScheme(scheme string) error {
	switch scheme {
	case "grpc", "http", "tcp":
		return nil
	}
	return fmt.Errorf("is %s, but must be grpc, http or tcp", kit.Quote(scheme))
}
