//go:build linux

package machine

import (
	"context"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// again is how long a daemon that ended waits for its next start.
const again = 500 * time.Millisecond

// supervisor keeps daemons running. As the first process of its namespace it is
// also the parent of every orphan there, so one loop waits for all.
type supervisor struct {
	machine Machine
	mu      sync.Mutex
	ended   map[int]chan struct{}
}

func newSupervisor(m Machine) *supervisor {
	return &supervisor{machine: m, ended: map[int]chan struct{}{}}
}

func (s *supervisor) run() {
	for _, d := range s.machine.Daemons {
		go s.keep(d)
	}
	for {
		s.reap()
	}
}

func (s *supervisor) reap() {
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, 0, nil)
	if err == syscall.ECHILD {
		time.Sleep(10 * time.Millisecond)
		return
	}
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ended, ok := s.ended[pid]; ok {
		log.Printf("process %d ended: exit %d, signal %v", pid, status.ExitStatus(), status.Signal())
		close(ended)
		delete(s.ended, pid)
	}
}

// keep starts a daemon over and over.
func (s *supervisor) keep(d Daemon) {
	for {
		for _, address := range d.After {
			await(address)
		}
		ended, err := s.start(d)
		if err != nil {
			log.Printf("daemon %s: %v", d.Name, err)
		} else {
			<-ended
			log.Printf("daemon %s ended", d.Name)
		}
		time.Sleep(again)
	}
}

// start holds the lock until the process is known, so that reap cannot miss it.
func (s *supervisor) start(d Daemon) (<-chan struct{}, error) {
	out, err := os.OpenFile(filepath.Join("/var/log", d.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command(d.Argv[0], d.Argv[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	s.ended[cmd.Process.Pid] = ended
	log.Printf("daemon %s is process %d", d.Name, cmd.Process.Pid)
	return ended, cmd.Process.Release()
}

// await waits until something takes connections at an address.
func await(address string) {
	network := "tcp"
	if strings.HasPrefix(address, "/") {
		network = "unix"
	}
	dialer := net.Dialer{Timeout: time.Second}
	for {
		conn, err := dialer.DialContext(context.Background(), network, address)
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
