// Command image makes a container image from layers that lie on this machine as
// tar files, pushes it, and prints its digest. It needs no container engine.
//
//	image [-env K=V]... [-entrypoint PROGRAM] [-cmd WORD]... [-user UID] REPOSITORY:TAG LAYER.tar...
//	image -digest REPOSITORY:TAG
package main

import (
	"compress/gzip"
	"flag"
	"fmt"
	"os"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

type words []string

func (w *words) String() string     { return fmt.Sprint(*w) }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

func main() {
	var env, cmd, entrypoint words
	var config v1.Config
	digestOnly := flag.Bool("digest", false, "print the digest of an image that is there already")
	flag.Var(&env, "env", "environment of the image, K=V")
	flag.Var(&entrypoint, "entrypoint", "a word of the image's entry point")
	flag.Var(&cmd, "cmd", "a word of the image's command")
	flag.StringVar(&config.User, "user", "", "user that the image runs as")
	flag.Parse()
	config.Env, config.Entrypoint, config.Cmd = env, entrypoint, cmd
	digest, err := run(*digestOnly, config, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Println(digest)
}

func run(digestOnly bool, config v1.Config, args []string) (string, error) {
	if len(args) == 0 {
		return "", fmt.Errorf("no image reference given")
	}
	ref, err := name.NewTag(args[0], name.Insecure)
	if err != nil {
		return "", err
	}
	if digestOnly {
		descriptor, err := remote.Head(ref)
		if err != nil {
			return "", err
		}
		return descriptor.Digest.String(), nil
	}
	return push(ref, config, args[1:])
}

func push(ref name.Tag, config v1.Config, tars []string) (string, error) {
	image, err := build(config, tars)
	if err != nil {
		return "", err
	}
	if err := remote.Write(ref, image); err != nil {
		return "", err
	}
	digest, err := image.Digest()
	return digest.String(), err
}

func build(config v1.Config, tars []string) (v1.Image, error) {
	image := empty.Image
	for _, path := range tars {
		// Speed before size: the lab pushes over a virtual wire.
		layer, err := tarball.LayerFromFile(path, tarball.WithCompressionLevel(gzip.BestSpeed))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return nil, err
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", "amd64"
	file.Config = config
	return mutate.ConfigFile(image, file)
}
