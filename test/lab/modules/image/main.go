// Command image makes a container image from layers that lie on this machine as
// tar files, pushes it, and prints its digest. It needs no container engine.
//
//	image [-env K=V]... [-entrypoint PROGRAM] [-cmd WORD]... [-user UID] REPOSITORY:TAG LAYER.tar...
//	image -base REPOSITORY:TAG REPOSITORY:TAG LAYER.tar...
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

// options are what the image is made of besides its layers.
type options struct {
	base   string
	config v1.Config
}

func main() {
	var o options
	var env, cmd, entrypoint words
	digestOnly := flag.Bool("digest", false, "print the digest of an image that is there already")
	flag.StringVar(&o.base, "base", "", "image below the layers, whose configuration is kept")
	flag.Var(&env, "env", "environment of the image, K=V")
	flag.Var(&entrypoint, "entrypoint", "a word of the image's entry point")
	flag.Var(&cmd, "cmd", "a word of the image's command")
	flag.StringVar(&o.config.User, "user", "", "user that the image runs as")
	flag.Parse()
	o.config.Env, o.config.Entrypoint, o.config.Cmd = env, entrypoint, cmd
	digest, err := run(*digestOnly, o, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Println(digest)
}

func run(digestOnly bool, o options, args []string) (string, error) {
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
	return o.push(ref, args[1:])
}

func (o options) push(ref name.Tag, tars []string) (string, error) {
	image, err := o.build(tars)
	if err != nil {
		return "", err
	}
	if err := remote.Write(ref, image); err != nil {
		return "", err
	}
	digest, err := image.Digest()
	return digest.String(), err
}

func (o options) build(tars []string) (v1.Image, error) {
	image, err := o.beginning()
	if err != nil {
		return nil, err
	}
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
	if o.base == "" {
		file.Config = o.config
	}
	return mutate.ConfigFile(image, file)
}

// beginning is the image below the layers.
func (o options) beginning() (v1.Image, error) {
	if o.base == "" {
		return empty.Image, nil
	}
	ref, err := name.NewTag(o.base, name.Insecure)
	if err != nil {
		return nil, err
	}
	return remote.Image(ref)
}
