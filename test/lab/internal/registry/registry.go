//go:build linux

// Package registry is the lab's image registry: a machine of its own, which all
// clusters of the lab pull from and the person who runs the lab pushes to.
package registry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

const (
	// Host is the registry's name in image references. Nothing resolves it: the
	// nodes' containerd is given the address.
	Host = "registry.lab:5000"
	// Address is where it listens.
	Address = ip + ":5000"
	// Private is the name of the same images for those who have the credentials of User,
	// which protect nothing: they are there to be asked for.
	Private = "private.lab:5001"
	// PrivateAddress is where Private listens.
	PrivateAddress = ip + ":5001"
	// User is the one who may pull from Private.
	User = "hospital"
	// Password is the user's.
	Password = "not-a-secret"
	// Pause is the image that holds a pod's namespaces.
	Pause = Host + "/pause:1"

	ip = "198.18.0.2"
)

// Machine is what runs the registry. Its content is in the user's cache
// directory and outlives the lab.
func Machine() (machine.Machine, error) {
	store, err := paths.Cache("registry")
	if err != nil {
		return machine.Machine{}, err
	}
	program := filepath.Join(paths.Bin, "registry")
	return machine.Machine{Name: "registry", Address: ip, Daemons: []machine.Daemon{
		{Name: "registry", Argv: []string{program, Address, store}},
		{Name: "private-registry", Argv: []string{program, PrivateAddress, store, htpasswd}},
	}}, nil
}

// htpasswd is the file of those who may pull from Private.
const htpasswd = paths.State + "/htpasswd"

// WriteCredentials writes the file that the private registry reads. One that is there stays.
func WriteCredentials() error {
	if _, err := os.Stat(htpasswd); err == nil {
		return nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		return err
	}
	return os.WriteFile(htpasswd, fmt.Appendf(nil, "%s:%s\n", User, hash), 0o600)
}

// Image is an image to push: tar files of layers, and the image's configuration.
type Image struct {
	// Name is repository:tag, without the registry.
	Name string
	// Base is the repository:tag of an image of the registry below the layers, whose
	// configuration this one then has, if any.
	Base   string
	Layers []string
	Env    []string
	// Entrypoint is the program, Cmd its arguments.
	Entrypoint string
	Cmd        []string
	User       string
}

// Push pushes the image and returns its reference by digest.
func Push(ctx context.Context, image Image) (string, error) {
	var args []string
	for _, e := range image.Env {
		args = append(args, "-env", e)
	}
	if image.Base != "" {
		args = append(args, "-base", Address+"/"+image.Base)
	}
	if image.Entrypoint != "" {
		args = append(args, "-entrypoint", image.Entrypoint)
	}
	if image.User != "" {
		args = append(args, "-user", image.User)
	}
	for _, word := range image.Cmd {
		args = append(args, "-cmd", word)
	}
	return run(ctx, image.Name, append(append(args, Address+"/"+image.Name), image.Layers...)...)
}

// Find returns the reference by digest of an image that was pushed before.
func Find(ctx context.Context, name string) (string, bool) {
	reference, err := run(ctx, name, "-digest", Address+"/"+name)
	return reference, err == nil
}

func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := child.Command(ctx, filepath.Join(paths.Bin, "image"), args...)
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("image %s: %s", name, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", err
	}
	repository, _, _ := strings.Cut(name, ":")
	return Host + "/" + repository + "@" + strings.TrimSpace(string(out)), nil
}
