//go:build linux

// Package machine runs the lab's machines. A machine is one process, the first
// of its own process, mount and network namespaces, that starts daemons and
// starts them again when they end. When that process ends, the kernel ends
// everything in it and takes back its mounts and interfaces: nothing can be left
// behind, however the lab came to its end.
package machine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Machine is what a machine is made of.
type Machine struct {
	Name string
	// Address is the machine's address on the lab's bridge.
	Address string
	// Routes are networks behind other machines, by the address of each.
	Routes  map[string]string
	Daemons []Daemon
}

// Daemon is a process that a machine keeps running.
type Daemon struct {
	Name string
	Argv []string
	// After lists addresses (host:port, or a socket's path) that must take
	// connections before the daemon starts.
	After []string
}

// Dir is the machine's folder.
func (m Machine) Dir() string { return paths.Machine(m.Name) }

func (m Machine) specFile() string { return filepath.Join(m.Dir(), "machine.json") }

// Start starts the machine. One that runs already as it should is left alone;
// one that should be otherwise now is restarted.
func (m Machine) Start() error {
	spec, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if m.Running() {
		if old, err := os.ReadFile(m.specFile()); err == nil && string(old) == string(spec) {
			return nil
		}
		if err := m.Stop(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(m.Dir(), "log"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(m.specFile(), spec, 0o644); err != nil {
		return err
	}
	return m.boot()
}

func (m Machine) boot() error {
	log, err := os.OpenFile(filepath.Join(m.Dir(), "log", "machine.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(paths.Lab, command, m.Name)
	cmd.Stdout, cmd.Stderr = log, log
	// Nothing of the user's environment (proxies, kubeconfigs) gets in.
	cmd.Env = []string{"PATH=" + paths.Bin + ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
	}
	if err := keepFiles(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start machine %s: %w", m.Name, err)
	}
	if err := m.plug(cmd.Process.Pid); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return err
	}
	return cmd.Process.Release()
}

// Stop ends the machine and all that runs in it, and waits until it is gone.
func (m Machine) Stop() error {
	pid, ok := find(m.Name)
	if !ok {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("end machine %s, process %d: %w", m.Name, pid, err)
	}
	for deadline := time.Now().Add(time.Minute); alive(pid); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("machine %s, process %d, does not end", m.Name, pid)
		}
	}
	return removeCgroups(m.Name)
}

// Running says whether the machine's first process is there.
func (m Machine) Running() bool {
	_, ok := find(m.Name)
	return ok
}

// Running lists the names of the machines that run.
func Running() []string {
	var names []string
	for name := range processes() {
		names = append(names, name)
	}
	return names
}
