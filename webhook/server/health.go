package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// Health makes the handler of the plain HTTP side, which only the kubelet uses: /livez
// succeeds as long as the process answers, /readyz when every check passes.
func Health(ready ...func() error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		for _, check := range ready {
			if err := check(); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	return mux
}

// maxOtherConnections is how many connections to each port besides that of the reviews are
// served at a time.
const maxOtherConnections = 32

// ServeHealth serves until the context ends. Its context must outlive that of
// the reviews, or no one could learn that the server is ending.
func ServeHealth(ctx context.Context, listener net.Listener, handler http.Handler) error {
	return serveOther(ctx, netutil.LimitListener(listener, maxOtherConnections), handler)
}

// ServeMetrics serves /metrics over TLS, since its callers send tokens.
func ServeMetrics(ctx context.Context, listener net.Listener, metrics http.Handler, certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	config := &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}, GetCertificate: certificate}
	return serveOther(ctx, tls.NewListener(netutil.LimitListener(listener, maxOtherConnections), config), mux)
}

func serveOther(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
