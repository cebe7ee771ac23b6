package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
)

// Launch launches one participant and waits until it is ready or registered.
func (e Env) Launch(ctx context.Context, live io.Writer, kit, namespace, fingerprint string, more ...string) (string, error) {
	args := []string{e.Flare, "launch", kit, "--namespace", namespace, "--image", e.Image, "--root-fingerprint", fingerprint}
	return Must(ctx, live, append(args, more...)...)
}

// Kit is what `kit inspect -o json` says of a kit, as far as scenarios need it.
type Kit struct {
	Participant string `json:"participant"`
	Role        string `json:"role"`
	Root        struct {
		Fingerprint string `json:"fingerprint"`
	} `json:"root"`
}

// Inspect inspects a kit.
func (e Env) Inspect(ctx context.Context, dir string) (Kit, error) {
	out, err := Must(ctx, nil, e.Flare, "kit", "inspect", dir, "-o", "json")
	if err != nil {
		return Kit{}, err
	}
	var kit Kit
	return kit, json.Unmarshal([]byte(out), &kit)
}

// CheckModel downloads a finished job and compares its model with what it must
// be. It returns the model.
func (e Env) CheckModel(ctx context.Context, live io.Writer, namespace, job, to string) ([]float64, error) {
	if _, err := Must(ctx, live, e.Flare, "job", "download", job, "--to", to, "--namespace", namespace); err != nil {
		return nil, err
	}
	model, err := ReadModel(filepath.Join(to, "workspace", "models", "server.npy"))
	if err != nil {
		return nil, err
	}
	if fmt.Sprint(model) != fmt.Sprint(Expected()) {
		return model, fmt.Errorf("the model is %v and must be %v", model, Expected())
	}
	return model, nil
}
