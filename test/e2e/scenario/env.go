// Package scenario is what the demo and the end-to-end tests have in common: a
// real federation, from `nvflare provision` to a finished job, all through the
// built plugin.
package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Env is what a scenario runs on.
type Env struct {
	// Image has NVFLARE in it, NVFLARE is its version.
	Image, NVFLARE string
	// WebhookImage and KitImage are those of our own programs.
	WebhookImage, KitImage string
	// Flare, Kubectl and Lab are binaries.
	Flare, Kubectl, Lab string
	// Dir is the scenario's own folder.
	Dir string
}

// FromEnvironment reads what `lab env` printed and builds the plugin into dir.
func FromEnvironment(ctx context.Context, dir string) (Env, error) {
	e := Env{
		Image:        os.Getenv("FLARE_LAB_IMAGE"),
		NVFLARE:      os.Getenv("FLARE_LAB_NVFLARE"),
		WebhookImage: os.Getenv("FLARE_WEBHOOK_IMAGE"), KitImage: os.Getenv("FLARE_KIT_IMAGE"),
		Lab:     os.Getenv("FLARE_LAB"),
		Kubectl: filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"),
		Flare:   filepath.Join(dir, "kubectl-flare"),
		Dir:     dir,
	}
	if e.Image == "" || e.Lab == "" {
		return e, errors.New(`the lab is not up, or its image not pushed: run make lab-up, then eval "$(go run ./test/lab env)"`)
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", e.Flare, "github.com/kubectl-flare/kubectl-flare/cmd/kubectl-flare")
	if out, err := build.CombinedOutput(); err != nil {
		return e, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return e, nil
}

// Result is what a command came to.
type Result struct {
	Stdout, Stderr string
	// Code is the exit code.
	Code int
}

// Run runs a command to its end. Both streams also go to live, as they come,
// unless it is nil. An exit code that is not 0 is a Result; an error is a command
// that could not be run.
func Run(ctx context.Context, live io.Writer, argv ...string) (Result, error) {
	if live == nil {
		live = io.Discard
	}
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, live), io.MultiWriter(&errOut, live)
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		err = nil
	}
	r := Result{Stdout: out.String(), Stderr: errOut.String()}
	if cmd.ProcessState != nil {
		r.Code = cmd.ProcessState.ExitCode()
	}
	return r, err
}

// Must runs a command that has to succeed and returns its standard output.
func Must(ctx context.Context, live io.Writer, argv ...string) (string, error) {
	r, err := Run(ctx, live, argv...)
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("exit code %d: %s", r.Code, strings.TrimSpace(r.Stderr))
	}
	if err != nil {
		return r.Stdout, fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
	}
	return r.Stdout, nil
}

// WithImage is the same with another image.
func (e Env) WithImage(image string) Env {
	e.Image = image
	return e
}
