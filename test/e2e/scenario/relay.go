package scenario

import (
	"bytes"
	"io"
	"net"
	"sync"
)

// Relay passes connections on to an API server, until it is cut: a cluster that cannot be
// reached. It is safe for concurrent use.
type Relay struct {
	mu       sync.Mutex
	target   string
	address  string
	listener net.Listener
	open     map[net.Conn]bool
}

// Start begins to pass connections on to a target, host:port. Its own address is one of
// loopback, and stays the same.
func (r *Relay) Start(target string) error {
	r.target, r.address = target, "127.0.0.1:0"
	return r.Restore()
}

// Address is where the relay listens.
func (r *Relay) Address() string { return r.address }

// Cut ends all connections and takes no more.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener == nil {
		return
	}
	_ = r.listener.Close()
	r.listener = nil
	for conn := range r.open {
		_ = conn.Close()
	}
}

// Restore takes connections again after a Cut.
func (r *Relay) Restore() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	listener, err := net.Listen("tcp", r.address)
	if err != nil {
		return err
	}
	r.listener, r.address, r.open = listener, listener.Addr().String(), map[net.Conn]bool{}
	go r.accept(listener)
	return nil
}

func (r *Relay) accept(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		go r.pass(listener, near)
	}
}

// pass copies in both directions until one end closes.
func (r *Relay) pass(listener net.Listener, near net.Conn) {
	defer func() { _ = near.Close() }()
	far, err := net.Dial("tcp", r.target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	if !r.track(listener, near, far) {
		return
	}
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
}

// track has Cut close the connections. It is false if the relay was cut meanwhile.
func (r *Relay) track(listener net.Listener, conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != listener {
		return false
	}
	for _, conn := range conns {
		r.open[conn] = true
	}
	return true
}

// CutAt is a writer for the output of a command. It cuts a relay as soon as the output contains
// a text. It is safe for concurrent use.
type CutAt struct {
	Relay *Relay
	Text  string
	mu    sync.Mutex
	seen  []byte
	done  bool
}

// Write implements io.Writer.
func (c *CutAt) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return len(data), nil
	}
	c.seen = append(c.seen, data...)
	if bytes.Contains(c.seen, []byte(c.Text)) {
		c.done = true
		c.Relay.Cut()
	}
	return len(data), nil
}
