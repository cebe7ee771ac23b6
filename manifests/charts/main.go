// Command charts writes what `kubectl flare install` would write as a Helm chart and for
// kustomize, from the same objects. `make generate` runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	profiles, err := policies.DefaultProfiles()
	if err != nil {
		return err
	}
	files, err := render(profiles.Prefixes())
	if err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join("manifests", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
