// Command krew builds a release of the plugin: an archive for each platform, with the license
// that krew requires, and the krew manifest.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := pflag.NewFlagSet("krew", pflag.ContinueOnError)
	version := fs.String("version", "", "Version to release, such as v0.1.0")
	out := fs.String("out", "dist", "Folder for the archives and flare.yaml")
	chosen := fs.StringArray("platform", nil, "Platform to build for, as OS/ARCH; the default is all platforms of a release; may be given more than once")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if err := checkVersion(*version); err != nil {
		return err
	}
	targets := platforms()
	if len(*chosen) > 0 {
		targets = nil
	}
	for _, text := range *chosen {
		p, err := parsePlatform(text)
		if err != nil {
			return err
		}
		targets = append(targets, p)
	}
	return release(ctx, *version, *out, targets)
}

func release(ctx context.Context, version, out string, targets []Platform) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var archives []Archive
	for _, p := range targets {
		fmt.Printf("%s/%s\n", p.OS, p.Arch)
		a, err := build(ctx, version, out, p)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", p.OS, p.Arch, err)
		}
		archives = append(archives, a)
	}
	data, err := manifest(version, archives)
	if err != nil {
		return err
	}
	file := filepath.Join(out, "flare.yaml")
	fmt.Println(file)
	return os.WriteFile(file, data, 0o644)
}
