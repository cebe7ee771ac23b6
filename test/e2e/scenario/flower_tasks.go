package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// SealTasks has the first site run the tasks of its SuperNode in pods of their own.
func (f *Flower) SealTasks(ctx context.Context) error {
	return f.sealLocal(ctx, Site1, "--job-runtime=pod", "--job-image", f.Image, "-n", f.Site1Namespace())
}

// RelaunchTasks launches the first site again, with the settings that its policy allows.
func (f *Flower) RelaunchTasks(ctx context.Context) error {
	if err := f.sealLocal(ctx, Site1); err != nil {
		return err
	}
	return f.launch(ctx, Site1, f.Site1Namespace())
}

func (f *Flower) sealLocal(ctx context.Context, participant string, more ...string) error {
	args := []string{"kit", "seal", "--local", f.Kit(participant), "--key", f.sealer("sealer.key"), "--cert", f.sealer("sealer.crt"), "--root-fingerprint", f.Root}
	_, err := f.Run(ctx, append(args, more...)...)
	return err
}

// TaskObjects are the names of the pods of tasks at the first site, and of their Secrets.
func (f *Flower) TaskObjects(ctx context.Context, more ...string) (string, error) {
	argv := []string{f.Kubectl, "get", "pods,secrets", "-n", f.Site1Namespace(), "-l", "app.kubernetes.io/component=taskexecutor", "-o", "name"}
	return Must(ctx, nil, append(argv, more...)...)
}

// DeniedTask is what the first site's settings ask for, and its policy does not allow.
type DeniedTask struct {
	Name, Field string
	Value       any
	// Want must be in what the site's administrators read.
	Want string
}

// DeniedTasks are two of them.
func (f *Flower) DeniedTasks() []DeniedTask {
	_, digest, _ := strings.Cut(f.Image, "@")
	host := []any{map[string]any{"name": "tmp", "emptyDir": map[string]any{}}, map[string]any{"name": "host", "hostPath": map[string]any{"path": "/"}}}
	return []DeniedTask{
		{"an image that is not allowed", "image", "registry.lab:5000/evil@" + digest, "repository is not allowed"},
		{"a folder of the node", "volumes", host, "hostPath"},
	}
}

// TryTask has SuperExec make the pod of a task that is denied. It returns why the run did not go
// on, as `kubectl flare job why` prints it at the first site, and ends the run.
func (f *Flower) TryTask(ctx context.Context, folder string, d DeniedTask) (string, error) {
	file := filepath.Join(f.Kit(Site1), "local", "executor.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if err := f.configure(ctx, file, before, d); err != nil {
		return "", err
	}
	id, err := f.Run(ctx, "job", "submit", folder, "-o", "name", "-n", f.ServerNamespace())
	if err != nil {
		return "", err
	}
	id = strings.TrimSpace(id)
	said, err := f.why(ctx, id, f.Site1Namespace(), d.Want)
	_, stop := f.Run(ctx, "job", "abort", id, "-n", f.ServerNamespace())
	return said, errors.Join(err, stop, os.WriteFile(file, before, 0o600))
}

// configure changes a field of the configuration of SuperExec, and launches with it.
func (f *Flower) configure(ctx context.Context, file string, before []byte, d DeniedTask) error {
	config := map[string]any{}
	if err := yaml.Unmarshal(before, &config); err != nil {
		return err
	}
	config[d.Field] = d.Value
	after, err := yaml.Marshal(config)
	if err == nil {
		err = os.WriteFile(file, after, 0o600)
	}
	if err != nil {
		return err
	}
	return f.RelaunchTasks(ctx)
}

// why waits until a participant says why a run fails, since SuperExec polls for tasks.
func (f *Flower) why(ctx context.Context, id, namespace, want string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		r, err := Run(ctx, nil, f.Flare, "job", "why", id, "-n", namespace)
		switch {
		case ctx.Err() != nil:
			return r.Stdout, fmt.Errorf("no reason with the words %q: %s%s", want, r.Stdout, r.Stderr)
		case err != nil || strings.Contains(r.Stdout, want):
			return r.Stdout, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}
