package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-flare/kubectl-flare/webhook/server"
)

// running is a server with its address and a client that trusts it.
type running struct {
	*server.Server
	url    string
	client *http.Client
	end    context.CancelFunc
	done   chan error
}

func start(t *testing.T, drain time.Duration, handler http.HandlerFunc) *running {
	t.Helper()
	return startWith(t, drain, handler, nil)
}

func startWith(t *testing.T, drain time.Duration, handler http.HandlerFunc, clients *server.Clients) *running {
	t.Helper()
	// httptest brings a certificate for example.com and 127.0.0.1.
	lender := httptest.NewTLSServer(nil)
	t.Cleanup(lender.Close)
	pair := lender.TLS.Certificates[0]
	pool := x509.NewCertPool()
	pool.AddCert(lender.Certificate())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{
		Handler: handler, Drain: drain, Finish: 5 * time.Second, Clients: clients,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil },
	})
	ctx, end := context.WithCancel(t.Context())
	r := &running{
		Server: s, url: "https://" + listener.Addr().String(), end: end, done: make(chan error, 1),
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}},
	}
	go func() { r.done <- s.Serve(ctx, listener) }()
	return r
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

func TestProtocols(t *testing.T) {
	r := start(t, 0, ok)
	response, err := r.client.Get(r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.ProtoMajor != 1 || response.TLS.Version != tls.VersionTLS13 {
		t.Errorf("HTTP/%d, TLS %x", response.ProtoMajor, response.TLS.Version)
	}
	transport := r.client.Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.MaxVersion = tls.VersionTLS12
	old := &http.Client{Transport: transport}
	if answer, err := old.Get(r.url); err == nil {
		answer.Body.Close()
		t.Error("TLS 1.2 was served")
	}
}

// Requests go on while the server ends: none may fail before the drain is over.
func TestDrainLosesNothing(t *testing.T) {
	const drain = 2 * time.Second
	r := start(t, drain, func(w http.ResponseWriter, req *http.Request) {
		time.Sleep(5 * time.Millisecond)
		ok(w, req)
	})
	var served, failed atomic.Int64
	var group sync.WaitGroup
	stopAt := time.Now().Add(200*time.Millisecond + drain*8/10)
	for range 8 {
		group.Go(func() {
			for time.Now().Before(stopAt) {
				response, err := r.client.Get(r.url)
				if err != nil {
					failed.Add(1)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				served.Add(1)
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	if err := r.Ready(); err != nil {
		t.Errorf("not ready before the end: %v", err)
	}
	r.end()
	group.Wait()
	if !errors.Is(r.Ready(), server.ErrEnding) {
		t.Error("ready while ending")
	}
	if err := <-r.done; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if failed.Load() > 0 || served.Load() == 0 {
		t.Errorf("%d served, %d failed", served.Load(), failed.Load())
	}
	if response, err := r.client.Get(r.url); err == nil {
		response.Body.Close()
		t.Error("still served after the end")
	}
}

// While the server ends, every answer lets its connection go: one that the server
// closed by itself could meet a request on its way.
func TestDrainLetsConnectionsGo(t *testing.T) {
	r := start(t, 2*time.Second, ok)
	get := func() bool {
		response, err := r.client.Get(r.url)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.Close
	}
	if get() {
		t.Error("a connection ends before the server does")
	}
	r.end()
	for r.Ready() == nil {
		time.Sleep(time.Millisecond)
	}
	if !get() {
		t.Error("a connection is kept while the server ends")
	}
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

// A request that has begun is finished, however short the drain.
func TestWhatHasBegunIsFinished(t *testing.T) {
	begun := make(chan struct{})
	r := start(t, 0, func(w http.ResponseWriter, req *http.Request) {
		close(begun)
		time.Sleep(200 * time.Millisecond)
		ok(w, req)
	})
	answered := make(chan error, 1)
	go func() {
		response, err := r.client.Get(r.url)
		if err == nil {
			err = response.Body.Close()
		}
		answered <- err
	}()
	<-begun
	r.end()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// A client may hold a connection in reserve on which it has sent nothing.
func TestAnUnusedConnectionHoldsNothingUp(t *testing.T) {
	r := start(t, 0, ok)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Connections are accepted in order: the first one is known once this is answered.
	response, err := r.client.Get(r.url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	r.end()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

func TestHealth(t *testing.T) {
	var trouble error
	health := httptest.NewServer(server.Health(func() error { return trouble }))
	defer health.Close()
	get := func(path string) int {
		response, err := http.Get(health.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/metrics": 404, "/": 404} {
		if code := get(path); code != want {
			t.Errorf("%s: %d", path, code)
		}
	}
	trouble = errors.New("no policies yet")
	if ready, live := get("/readyz"), get("/livez"); ready != 503 || live != 200 {
		t.Errorf("ready %d, live %d", ready, live)
	}
}
