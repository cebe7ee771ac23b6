//go:build linux

package machine

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Init is what a machine's first process does. It does not return unless it
// fails.
func Init(name string) error {
	data, err := os.ReadFile(filepath.Join(paths.Machine(name), "machine.json"))
	if err != nil {
		return err
	}
	var m Machine
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	// The control groups are made before /proc is this namespace's own.
	for _, prepare := range []func() error{m.makeCgroups, m.connect, m.mount} {
		if err := prepare(); err != nil {
			return err
		}
	}
	log.Printf("machine %s is up", name)
	newSupervisor(m).run()
	return nil
}

// tunables are the kernel settings that a kubelet insists on. They belong to the
// whole kernel, so the machine shows the kubelet what it wants to see instead of
// letting it change them for everybody.
func tunables() map[string]string {
	return map[string]string{
		"/proc/sys/vm/overcommit_memory":      "1\n",
		"/proc/sys/vm/panic_on_oom":           "0\n",
		"/proc/sys/kernel/panic":              "10\n",
		"/proc/sys/kernel/panic_on_oops":      "1\n",
		"/proc/sys/kernel/keys/root_maxkeys":  "1000000\n",
		"/proc/sys/kernel/keys/root_maxbytes": "25000000\n",
	}
}

// mount gives the machine its own /proc, /run and /var/log. Mounts that pods make
// are shared within the machine and never leave it.
func (m Machine) mount() error {
	steps := []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"", "/", "", syscall.MS_SLAVE | syscall.MS_REC},
		{"", "/", "", syscall.MS_SHARED | syscall.MS_REC},
		{"proc", "/proc", "proc", syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC},
		{"tmpfs", "/run", "tmpfs", syscall.MS_NOSUID | syscall.MS_NODEV},
		{filepath.Join(m.Dir(), "log"), "/var/log", "", syscall.MS_BIND},
	}
	for _, s := range steps {
		if err := syscall.Mount(s.source, s.target, s.kind, s.flags, ""); err != nil {
			return fmt.Errorf("mount %s: %w", s.target, err)
		}
	}
	for path, value := range tunables() {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		shown := filepath.Join("/run", filepath.Base(path))
		if err := os.WriteFile(shown, []byte(value), 0o644); err != nil {
			return err
		}
		if err := syscall.Mount(shown, path, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount over %s: %w", path, err)
		}
	}
	return nil
}
