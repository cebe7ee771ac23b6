package kit

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// splitTarget takes "host:port" apart.
func splitTarget(target string) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(target)
	if err != nil {
		return "", 0, fmt.Errorf("is %s, which is not host:port", shown(target))
	}
	return checkAddress(host, digits)
}

// splitEndPoint takes "host:port:admin port" apart, as 2.7 clients have it. The
// admin port is the second: 2.7 may use one port for both.
func splitEndPoint(endPoint string) (host string, port int, err error) {
	target, admin, ok := cutLast(endPoint)
	if _, good := parsePort(admin); !ok || !good {
		return "", 0, fmt.Errorf("is %s, which is not host:port:admin-port", shown(endPoint))
	}
	return splitTarget(target)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func checkAddress(host, digits string) (string, int, error) {
	port, ok := parsePort(digits)
	if !ok {
		return "", 0, fmt.Errorf("has the port %s, which is not a number from 1 to 65535", shown(digits))
	}
	if err := checkHost(host); err != nil {
		return "", 0, err
	}
	return host, port, nil
}

// parsePort takes plain digits only: "+80" and "080" are no ports.
func parsePort(digits string) (int, bool) {
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || strconv.FormatUint(port, 10) != digits {
		return 0, false
	}
	return int(port), true
}

// checkHost accepts IP addresses and what NVFLARE accepts as a host name. Host
// names go into arguments and manifests, so nothing else may pass.
func checkHost(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	if host == "" || len(host) > 253 {
		return fmt.Errorf("has the host %s, which is not a host name", shown(host))
	}
	for label := range strings.SplitSeq(host, ".") {
		if !isHostLabel(label) {
			return fmt.Errorf("has the host %s, which is not a host name", shown(host))
		}
	}
	return nil
}

func isHostLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	return strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

func checkScheme(scheme string) error {
	switch scheme {
	case "grpc", "http", "tcp":
		return nil
	}
	return fmt.Errorf("is %s: only grpc, http and tcp are known", shown(scheme))
}
