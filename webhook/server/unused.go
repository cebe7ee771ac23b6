package server

import (
	"net"
	"net/http"
	"sync"
)

// unused are the connections on which no request has come yet: clients open some
// in reserve. At the end net/http waits five seconds for each of them
// (go.dev/issue/22682), but here the drain was their time.
type unused struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// track is for http.Server.ConnState.
func (u *unused) track(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state != http.StateNew {
		delete(u.conns, c)
		return
	}
	if u.conns == nil {
		u.conns = map[net.Conn]struct{}{}
	}
	u.conns[c] = struct{}{}
}

// close closes them, so that nothing waits for them.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for c := range u.conns {
		_ = c.Close()
	}
}
