package kit

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// SplitAddress splits "host:port". Its errors are phrases that follow the name of a
// field.
func SplitAddress(target string) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(target)
	if err != nil {
		return "", 0, fmt.Errorf("is %s, which is not host:port", Quote(target))
	}
	return checkAddress(host, digits)
}

func checkAddress(host, digits string) (string, int, error) {
	port, ok := ParsePort(digits)
	if !ok {
		return "", 0, fmt.Errorf("has the port %s, which is not a number from 1 to 65535", Quote(digits))
	}
	if err := CheckHost(host); err != nil {
		return "", 0, err
	}
	return host, port, nil
}

// ParsePort accepts plain digits only: "+80" and "080" are invalid.
func ParsePort(digits string) (int, bool) {
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || strconv.FormatUint(port, 10) != digits {
		return 0, false
	}
	return int(port), true
}

// CheckHost accepts only IP addresses and host names, in which it allows underscores:
// host names become part of arguments and manifests.
func CheckHost(host string) error {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		return nil
	}
	if host == "" || len(host) > 253 {
		return fmt.Errorf("has the host %s, which is not a host name", Quote(host))
	}
	for label := range strings.SplitSeq(host, ".") {
		if !isHostLabel(label) {
			return fmt.Errorf("has the host %s, which is not a host name", Quote(host))
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
