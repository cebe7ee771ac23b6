package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"
)

// mount is a folder as the kubelet fills it from a Secret: links to a folder
// that is swapped as a whole.
type mount struct {
	t   *testing.T
	dir string
	n   int
}

func newMount(t *testing.T) *mount {
	t.Helper()
	return &mount{t: t, dir: t.TempDir()}
}

func (m *mount) write(data map[string][]byte) {
	m.t.Helper()
	m.n++
	name := "..data_" + string(rune('a'+m.n))
	m.must(os.Mkdir(filepath.Join(m.dir, name), 0o755))
	for file, content := range data {
		m.must(os.WriteFile(filepath.Join(m.dir, name, file), content, 0o600))
		if _, err := os.Lstat(filepath.Join(m.dir, file)); err != nil {
			m.must(os.Symlink(filepath.Join("..data", file), filepath.Join(m.dir, file)))
		}
	}
	m.must(os.Symlink(name, filepath.Join(m.dir, "..data_tmp")))
	m.must(os.Rename(filepath.Join(m.dir, "..data_tmp"), filepath.Join(m.dir, "..data")))
}

func (m *mount) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func fresh(t *testing.T, before map[string][]byte, now time.Time) map[string][]byte {
	t.Helper()
	data, err := refresh(before, []string{"example.com"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func within(t *testing.T, most time.Duration, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Errorf("%s took longer than %s", what, most)
}

// Handshakes go on while the certificate changes; each finds a valid one, and the
// new one is there within a second.
func TestReloadLosesNothing(t *testing.T) {
	m := newMount(t)
	source := NewFiles(m.dir, clock.RealClock{}, func(error) {})
	if source.Ready() == nil {
		t.Error("ready without a certificate")
	}
	go func() { _ = source.Run(t.Context()) }()
	first := fresh(t, nil, time.Now())
	m.write(first)
	within(t, time.Second, "the first certificate", func() bool { return source.Ready() == nil })

	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	server.TLS = &tls.Config{GetCertificate: source.GetCertificate}
	server.StartTLS()
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(first[keyCA])
	var failed atomic.Int64
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "example.com"}}}
		for {
			select {
			case <-stop:
				return
			default:
			}
			response, err := client.Get(server.URL)
			if err != nil {
				failed.Add(1)
				continue
			}
			response.Body.Close()
		}
	}()
	// Another leaf of the same authority.
	second := map[string][]byte{keyCA: first[keyCA], keyCAKey: first[keyCAKey]}
	second = fresh(t, second, time.Now())
	before := source.pair.Load()
	m.write(second)
	within(t, time.Second, "the change", func() bool { return source.pair.Load() != before })
	close(stop)
	<-ended
	if failed.Load() > 0 {
		t.Errorf("%d requests were lost", failed.Load())
	}
	if source.NotAfter().IsZero() {
		t.Error("no end of the certificate")
	}
}

// A chain may change while its leaf stays.
func TestChainOnlyChange(t *testing.T) {
	m := newMount(t)
	source := NewFiles(m.dir, clock.RealClock{}, func(error) {})
	data := fresh(t, nil, time.Now())
	m.write(data)
	if err := source.load(); err != nil {
		t.Fatal(err)
	}
	longer := append(append([]byte{}, data[corev1.TLSCertKey]...), data[keyCA]...)
	m.write(map[string][]byte{corev1.TLSCertKey: longer, corev1.TLSPrivateKeyKey: data[corev1.TLSPrivateKeyKey]})
	if err := source.load(); err != nil {
		t.Fatal(err)
	}
	if pair := source.pair.Load(); len(pair.Certificate) != 2 {
		t.Errorf("the chain has %d certificates", len(pair.Certificate))
	}
}

func TestBrokenFilesChangeNothing(t *testing.T) {
	m := newMount(t)
	source := NewFiles(m.dir, clock.RealClock{}, func(error) {})
	good := fresh(t, nil, time.Now())
	m.write(good)
	if err := source.load(); err != nil {
		t.Fatal(err)
	}
	before := source.pair.Load()
	other := fresh(t, nil, time.Now())
	for name, data := range map[string]map[string][]byte{
		"empty":       {corev1.TLSCertKey: {}, corev1.TLSPrivateKeyKey: {}},
		"another key": {corev1.TLSCertKey: good[corev1.TLSCertKey], corev1.TLSPrivateKeyKey: other[corev1.TLSPrivateKeyKey]},
	} {
		m.write(data)
		if err := source.load(); err == nil || source.pair.Load() != before {
			t.Errorf("%s: %v", name, err)
		}
	}
}
