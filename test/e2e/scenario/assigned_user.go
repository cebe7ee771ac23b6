package scenario

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// assignedUser is a template of the stand-in's objects.
//
//go:embed files/assigned-user.yaml
var assignedUser string

// AssignUsers has the cluster assign the user of all pods in a scenario's namespaces, as OpenShift
// does. The function that it returns ends that.
func (e Env) AssignUsers(ctx context.Context, scenario string) (end func(context.Context) error, err error) {
	file := filepath.Join(e.Dir, scenario+"-assigned-user.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(assignedUser, "{{.}}", scenario)), 0o600); err != nil {
		return nil, err
	}
	end = func(ctx context.Context) error {
		_, err := Must(ctx, nil, e.Kubectl, "delete", "--ignore-not-found", "-f", file)
		return err
	}
	if _, err := Must(ctx, nil, e.Kubectl, "apply", "-f", file); err != nil {
		return nil, errors.Join(err, end(ctx))
	}
	return end, nil
}

// Private is an image of NVFLARE in a registry that asks for credentials. Its Python is on no
// PATH.
type Private struct {
	Image, Python            string
	Registry, User, Password string
}

// PrivateImage pushes the image.
func (e Env) PrivateImage(ctx context.Context) (Private, error) {
	p := Private{
		Python:   "/opt/conda/bin/python3.11",
		Registry: os.Getenv("FLARE_LAB_PRIVATE_REGISTRY"),
		User:     os.Getenv("FLARE_LAB_PRIVATE_REGISTRY_USER"), Password: os.Getenv("FLARE_LAB_PRIVATE_REGISTRY_PASSWORD"),
	}
	reference, err := Must(ctx, nil, e.Lab, "push", "nvflare-conda")
	if err != nil {
		return p, err
	}
	_, name, _ := strings.Cut(strings.TrimSpace(reference), "/")
	p.Image = p.Registry + "/" + name
	return p, nil
}

// PullSecret makes a Secret with the credentials.
func (e Env) PullSecret(ctx context.Context, p Private, namespace, name string) error {
	_, err := Must(ctx, nil, e.Kubectl, "create", "secret", "docker-registry", name, "-n", namespace,
		"--docker-server", p.Registry, "--docker-username", p.User, "--docker-password", p.Password)
	return err
}
