// Package server serves HTTPS so that no request is lost: TLS 1.3, HTTP/1.1 with
// keep-alive, certificates that may change under way, and an end in two steps:
// first it says that it is not ready and goes on serving, until no one sends it
// requests any more; then it closes.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// Options are what a Server needs.
type Options struct {
	// Handler serves the reviews.
	Handler http.Handler
	// GetCertificate gives the serving certificate for each handshake.
	GetCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Drain is how long it goes on serving after it was asked to end.
	Drain time.Duration
	// Finish is how long requests that have begun may take at the end.
	Finish time.Duration
	// Clients says which clients may connect; nil means any.
	Clients *Clients
	// ErrorLog takes what HTTP and TLS complain about.
	ErrorLog *log.Logger
}

// maxConnections is how many connections are served at a time: each takes some memory, even
// an idle one. Others wait. The API server needs one for each request that it makes at a
// time, and closes most of them when it has no more requests.
const maxConnections = 256

// Server serves reviews.
type Server struct {
	options Options
	ending  chan struct{}
	unused  unused
}

// New makes a Server.
func New(options Options) *Server {
	return &Server{options: options, ending: make(chan struct{})}
}

// ErrEnding is why a server that was asked to end is not ready.
var ErrEnding = errors.New("the server is ending")

// Ready gives ErrEnding once the end has begun.
func (s *Server) Ready() error {
	select {
	case <-s.ending:
		return ErrEnding
	default:
		return nil
	}
}

// Serve serves until the context ends, and for a while after that.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: http.HandlerFunc(s.handle), ErrorLog: s.options.ErrorLog,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		// Longer than any client's, so that it is the client who closes: a server
		// that closes an idle connection may meet a request on its way.
		IdleTimeout:    3 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		Protocols:      http1(),
		ConnState:      s.unused.track,
	}
	done := make(chan error, 1)
	listener = netutil.LimitListener(listener, maxConnections)
	go func() { done <- server.Serve(tls.NewListener(listener, s.tls())) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	return s.end(context.WithoutCancel(ctx), server, done)
}

// handle lets connections go once the end has begun: the client, which reads that
// in the answer, sends its next request over another one, and that leads to a pod
// that stays.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	if s.Ready() != nil {
		w.Header().Set("Connection", "close")
	}
	s.options.Handler.ServeHTTP(w, r)
}

// end keeps serving for a while: the API server learns late that this pod is no
// endpoint any more.
func (s *Server) end(ctx context.Context, server *http.Server, done <-chan error) error {
	close(s.ending)
	select {
	case err := <-done:
		return err
	case <-time.After(s.options.Drain):
	}
	s.unused.close()
	ctx, cancel := context.WithTimeout(ctx, s.options.Finish)
	defer cancel()
	return server.Shutdown(ctx)
}

// http1 leaves HTTP/2 off: admission needs none of it, and it has been a way to
// exhaust servers (CVE-2023-44487).
func http1() *http.Protocols {
	p := &http.Protocols{}
	p.SetHTTP1(true)
	return p
}

func (s *Server) tls() *tls.Config {
	config := &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"},
		GetCertificate: s.options.GetCertificate,
	}
	if s.options.Clients != nil {
		s.options.Clients.require(config)
	}
	return config
}
