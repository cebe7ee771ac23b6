// Command registry is the real CNCF Distribution registry with the file system
// driver alone. It keeps what was pushed over a restart of the lab, so a warm
// lab pushes nothing. With HTPASSWD, a file of users and bcrypt hashes, it answers
// them alone.
//
//	registry ADDRESS DIR [HTPASSWD]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: registry ADDRESS DIR [HTPASSWD]")
		os.Exit(1)
	}
	if err := serve(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func serve(address, dir string, htpasswd []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	config := &configuration.Configuration{
		Version: configuration.CurrentVersion,
		Storage: configuration.Storage{"filesystem": {"rootdirectory": dir}},
	}
	config.Log.Level = "warn"
	config.HTTP.Addr = address
	for _, file := range htpasswd {
		config.Auth = configuration.Auth{"htpasswd": {"realm": "lab", "path": file}}
	}
	server, err := registry.NewRegistry(ctx, config)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = server.Shutdown(context.Background()) })
	return server.ListenAndServe()
}
