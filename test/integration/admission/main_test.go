//go:build integration

// Package admission tests the webhook behind a real API server, as the manifests
// register it and with the rights that they give it. No controller runs and no
// pod.
package admission

import (
	"context"
	"fmt"
	"os"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// world is set once, by TestMain, and read only.
var world *cluster

func TestMain(m *testing.M) {
	server := &envtest.Environment{}
	config, err := server.Start()
	if err == nil {
		world, err = newCluster(config)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err, `(run make lab-up, then eval "$(go run ./test/lab env)")`)
	} else {
		code = m.Run()
		world.stop()
	}
	if err := server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "error: envtest:", err)
		code = 1
	}
	os.Exit(code)
}

func newCluster(config *rest.Config) (*cluster, error) {
	c, err := connect(config)
	if err != nil {
		return nil, err
	}
	if err := c.install(context.Background()); err != nil {
		return nil, fmt.Errorf("install: %w", err)
	}
	return c, c.start()
}
