//go:build linux

package machine

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The lab's wire: a bridge in the namespace of the person who runs the lab, so
// that the plugin and the tests reach the machines. The addresses are those that
// RFC 2544 sets aside for test networks: they collide with no one's.
const (
	bridge     = "flare-lab"
	bridgeCIDR = "198.18.0.1/24"
	// portPrefix begins the names of the machines' ends at the bridge.
	portPrefix = "flab-"
	// nowhere is an address on the wire that no machine has. A default route
	// must exist for Kubernetes to choose an address; it must lead nowhere.
	nowhere = "198.18.0.254"
)

func ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// plug connects the network namespace of a process to the bridge.
func (m Machine) plug(pid int) error {
	if _, err := net.InterfaceByName(bridge); err != nil {
		if err := ip("link", "add", bridge, "type", "bridge"); err != nil {
			return err
		}
		if err := ip("address", "add", bridgeCIDR, "dev", bridge); err != nil {
			return err
		}
	}
	if err := ip("link", "set", bridge, "up"); err != nil {
		return err
	}
	port := portPrefix + m.Name
	// One that the kernel has not cleared up yet would be in the way.
	if _, err := net.InterfaceByName(port); err == nil {
		_ = ip("link", "delete", port)
	}
	if err := ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(pid)); err != nil {
		return err
	}
	return ip("link", "set", port, "master", bridge, "up")
}

// RemoveWire takes the bridge away, and the ends of machines that have ended: the
// kernel does the latter too, but in its own time.
func RemoveWire() error {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range interfaces {
		if i.Name != bridge && !strings.HasPrefix(i.Name, portPrefix) {
			continue
		}
		err := ip("link", "delete", i.Name)
		if _, gone := net.InterfaceByName(i.Name); gone == nil && err != nil {
			return err
		}
	}
	return nil
}

// connect sets up the network from within the machine.
func (m Machine) connect() error {
	if err := awaitInterface("eth0"); err != nil {
		return err
	}
	commands := [][]string{
		{"link", "set", "lo", "up"},
		{"address", "add", m.Address + "/24", "dev", "eth0"},
		{"link", "set", "eth0", "up"},
		{"route", "add", "default", "via", nowhere},
	}
	for network, via := range m.Routes {
		commands = append(commands, []string{"route", "add", network, "via", via})
	}
	for _, args := range commands {
		if err := ip(args...); err != nil {
			return err
		}
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}

// awaitInterface waits for the one who started the machine to plug it in. If
// that one was ended meanwhile, the machine ends too.
func awaitInterface(name string) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, err := net.InterfaceByName(name); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s was not plugged in", name)
}
