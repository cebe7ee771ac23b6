//go:build integration

// Package plugin tests the plugin against a real API server and etcd, which
// envtest starts from the lab's binaries. No controller runs and no pod.
package plugin

import (
	"fmt"
	"os"
	"testing"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// config leads to the API server. It is set once, by TestMain, and read only.
var config *rest.Config

func TestMain(m *testing.M) {
	server := &envtest.Environment{}
	var err error
	if config, err = server.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "error: envtest:", err, `(run make lab-up, then eval "$(go run ./test/lab env)")`)
		os.Exit(1)
	}
	code := m.Run()
	if err := server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "error: envtest:", err)
		code = 1
	}
	os.Exit(code)
}

func client(t *testing.T) kubernetes.Interface {
	t.Helper()
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
