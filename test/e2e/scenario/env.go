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
	// Image has NVFLARE in it. NVFLARE is its version, empty outside the lab:
	// there the program Provisioner decides.
	Image, NVFLARE string
	// Flower is the version of Flower in Image, for a scenario with Flower.
	Flower string
	// WebhookImage and KitImage are those of our own programs, by digest; both are
	// empty where no scenario needs them.
	WebhookImage, KitImage string
	// Flare, Kubectl and Provisioner are programs: the plugin, kubectl, and
	// NVFLARE's own command.
	Flare, Kubectl, Provisioner string
	// Lab is the lab's program, empty on any other cluster.
	Lab string
	// DNSCIDR is where DNS is, if it is not in pods of the cluster's DNS.
	DNSCIDR string
	// Dir is the scenario's own folder.
	Dir string
}

// FromEnvironment finds the cluster and builds the plugin into dir. The cluster
// is the one that FLARE_E2E_KUBECONFIG names, or else the lab.
func FromEnvironment(ctx context.Context, dir string) (Env, error) {
	e, err := fromLab()
	if kubeconfig := os.Getenv("FLARE_E2E_KUBECONFIG"); kubeconfig != "" {
		e, err = fromKubeconfig(kubeconfig)
	}
	if err != nil {
		return e, err
	}
	e.Dir, e.Flare = dir, filepath.Join(dir, "kubectl-flare")
	build := exec.CommandContext(ctx, "go", "build", "-o", e.Flare, "github.com/kubectl-flare/kubectl-flare/cmd/kubectl-flare")
	if out, err := build.CombinedOutput(); err != nil {
		return e, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return e, nil
}

// fromLab reads what `lab env` printed.
func fromLab() (Env, error) {
	e := Env{
		Image:        os.Getenv("FLARE_LAB_IMAGE"),
		NVFLARE:      os.Getenv("FLARE_LAB_NVFLARE"),
		WebhookImage: os.Getenv("FLARE_WEBHOOK_IMAGE"), KitImage: os.Getenv("FLARE_KIT_IMAGE"),
		Lab:     os.Getenv("FLARE_LAB"),
		DNSCIDR: os.Getenv("FLARE_LAB_DNS_CIDR"),
		Kubectl: filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"),
	}
	if e.Image == "" || e.Lab == "" {
		return e, errors.New(`the lab is not up, or its image not pushed: run make lab-up, then eval "$(go run ./test/lab env)"`)
	}
	return e, nil
}

// fromKubeconfig takes the current context of a kubeconfig, images that the
// cluster can pull or has already, and programs on the PATH. Everything that a
// scenario starts gets this kubeconfig as KUBECONFIG.
func fromKubeconfig(kubeconfig string) (Env, error) {
	e := Env{
		Image:        os.Getenv("FLARE_E2E_NVFLARE_IMAGE"),
		WebhookImage: os.Getenv("FLARE_E2E_WEBHOOK_IMAGE"), KitImage: os.Getenv("FLARE_E2E_KIT_IMAGE"),
		DNSCIDR: os.Getenv("FLARE_E2E_DNS_CIDR"),
	}
	if !filepath.IsAbs(kubeconfig) {
		return e, fmt.Errorf("FLARE_E2E_KUBECONFIG is %q: give an absolute path", kubeconfig)
	}
	if _, err := os.Stat(kubeconfig); err != nil {
		return e, fmt.Errorf("FLARE_E2E_KUBECONFIG: %w", err)
	}
	if e.Image == "" {
		return e, errors.New("FLARE_E2E_NVFLARE_IMAGE is not set: give an image with NVFLARE that the cluster can run")
	}
	var err error
	if e.Kubectl, err = exec.LookPath("kubectl"); err != nil {
		return e, err
	}
	if e.Provisioner, err = exec.LookPath("nvflare"); err != nil {
		return e, fmt.Errorf("%w: install the image's version of NVFLARE with pip, and put it on the PATH", err)
	}
	return e, os.Setenv("KUBECONFIG", kubeconfig)
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

// WithFlower is the same with an image of Flower, in the dialect GRPC or HTTP. Outside the
// lab, FLARE_E2E_FLOWER_GRPC and FLARE_E2E_FLOWER_HTTP are versions of Flower, and the same
// names with _IMAGE its images.
func (e Env) WithFlower(dialect string) (Env, error) {
	name := "FLARE_LAB_FLOWER_" + dialect
	if e.Lab == "" {
		name = "FLARE_E2E_FLOWER_" + dialect
	}
	e.Flower, e.Image = os.Getenv(name), os.Getenv(name+"_IMAGE")
	if e.Flower == "" || e.Image == "" {
		return e, fmt.Errorf("%s or %s_IMAGE is not set: give a version of Flower and its image, or run `make lab-up`", name, name)
	}
	return e, nil
}
