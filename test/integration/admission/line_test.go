//go:build integration

package admission

import (
	"context"
	"errors"
	"net"
	"sync"
)

// line dials for a client, and can be cut.
type line struct {
	mu    sync.Mutex
	isCut bool
	open  map[net.Conn]bool
}

func newLine() *line { return &line{open: map[net.Conn]bool{}} }

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isCut {
		return nil, errors.New("the line is cut")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		l.open[conn] = true
	}
	return conn, err
}

// cut ends every connection, and lets none be made until it is restored.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = true
	for conn := range l.open {
		_ = conn.Close()
	}
	clear(l.open)
}

func (l *line) restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = false
}
