//go:build linux

// Package debian installs the Debian packages that the lab needs.
package debian

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// need is a package and what shows that it is there: a file, or a command that
// may come from elsewhere too.
type need struct{ name, shows string }

func (n need) met() bool {
	if !strings.HasPrefix(n.shows, "/") {
		_, err := exec.LookPath(n.shows)
		return err == nil
	}
	_, err := os.Stat(n.shows)
	return err == nil
}

func needs() []need {
	return []need{
		{"iproute2", "ip"},
		{"iptables", "iptables"},
		{"ipset", "ipset"},
		{"conntrack", "conntrack"},
		{"mount", "mount"},
		{"containernetworking-plugins", "/usr/lib/cni/bridge"},
		{"gcc", "gcc"},
		{"libc6-dev", "/usr/include/stdio.h"},
		{"pkg-config", "pkg-config"},
		{"libseccomp-dev", "/usr/include/seccomp.h"},
		{"mmdebstrap", "mmdebstrap"},
		{"python3-pip", "pip3"},
	}
}

// Missing lists the packages that are not there yet.
func Missing() []string {
	var names []string
	for _, n := range needs() {
		if !n.met() {
			names = append(names, n.name)
		}
	}
	return names
}

// Install installs packages, with a fresh package list.
func Install(names []string) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("the lab needs the Debian packages %s and this machine has no apt-get: install what they hold by hand", strings.Join(names, ", "))
	}
	install := append([]string{"install", "--yes", "--no-install-recommends"}, names...)
	for _, args := range [][]string{{"update"}, install} {
		cmd := exec.Command("apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
