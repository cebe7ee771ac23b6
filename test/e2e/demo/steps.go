package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

const jobFolder = "test/testdata/jobs/numpy-fedavg"

func (d *demo) build(ctx context.Context) (err error) {
	d.Env, err = scenario.FromEnvironment(ctx, d.dir)
	d.Say = os.Stdout
	fmt.Printf("NVFLARE %s, image %s\n", d.NVFLARE, d.Image)
	return err
}

func (d *demo) namespaces(ctx context.Context) error {
	fmt.Println(strings.Join(d.Namespaces(), ", "))
	return d.CreateNamespaces(ctx, d.Prefix, d.Namespaces()...)
}

func (d *demo) provision(ctx context.Context) (err error) {
	d.Kits, err = d.Provision(ctx, d.Federation, d.NVFLARE, filepath.Join(d.dir, "provision"))
	return err
}

func (d *demo) verify(ctx context.Context) error {
	kit, err := d.Inspect(ctx, d.Kit(scenario.Server))
	if err != nil {
		return err
	}
	d.Root = kit.Root.Fingerprint
	if _, err := d.Run(ctx, "kit", "inspect", d.Kit(scenario.Site2)); err != nil {
		return err
	}
	if _, err := d.Run(ctx, "kit", "verify", d.Kit(scenario.Site2), "--root-fingerprint", d.Root); err != nil {
		return err
	}
	for _, name := range []string{scenario.Server, scenario.Site1, scenario.Admin} {
		if _, err := scenario.Must(ctx, nil, d.Flare, "kit", "verify", d.Kit(name), "--root-fingerprint", d.Root); err != nil {
			return err
		}
		fmt.Println("the kit of " + name + " verifies too")
	}
	return nil
}

func (d *demo) inject(ctx context.Context) error {
	args := []string{"kit", "inject", d.Kit(scenario.Site1), "-n", d.Site1Namespace(), "--root-fingerprint", d.Root}
	dryRun := append(slices.Clone(args), "--dry-run=server", "-o", "yaml")
	fmt.Println("$ kubectl flare kit inject kits/" + scenario.Site1 + " -n " + d.Site1Namespace() + " --dry-run=server -o yaml")
	out, err := scenario.Must(ctx, nil, append([]string{d.Flare}, dryRun...)...)
	if err != nil {
		return err
	}
	secret, _, _ := strings.Cut(out, "---\n")
	fmt.Println(secret)
	key, err := os.ReadFile(filepath.Join(d.Kit(scenario.Site1), "startup", "client.key"))
	if err != nil {
		return err
	}
	if scenario.Leaks(out, key) {
		return errors.New("the private key is in the dry run's output")
	}
	_, err = d.Run(ctx, args...)
	return err
}

func (d *demo) launch(ctx context.Context) error {
	if err := d.LaunchAll(ctx); err != nil {
		return err
	}
	_, err := d.Run(ctx, "status", "-A")
	return err
}

func (d *demo) submit(ctx context.Context) error {
	out, err := d.Run(ctx, "job", "submit", jobFolder, "--wait", "--timeout", "3m", "-o", "name", "-n", d.ServerNamespace())
	d.job = strings.TrimSpace(out)
	if err != nil {
		return err
	}
	_, err = d.Run(ctx, "job", "list", "-n", d.ServerNamespace())
	return err
}

// jobPods are those of the first site; the other participants run the job as processes.
func (d *demo) jobPods(ctx context.Context) error {
	if err := d.RunJobPods(ctx, d.Parents()[1]); err != nil {
		return err
	}
	asks := d.DeniedJobs()[0]
	if _, err := d.TryJob(ctx, jobFolder, asks); err != nil {
		return err
	}
	d.refused = append(d.refused, denial("a job with "+asks.Name))
	id, err := d.Run(ctx, "job", "submit", jobFolder, "--wait", "--timeout", "3m", "-o", "name", "-n", d.ServerNamespace())
	if err != nil {
		return err
	}
	if _, err := scenario.Must(ctx, os.Stdout, d.Kubectl, "get", "pods,secrets", "-n", d.Site1Namespace()); err != nil {
		return err
	}
	_, err = d.CheckModel(ctx, os.Stdout, d.ServerNamespace(), strings.TrimSpace(id), filepath.Join(d.dir, "result-of-pods"))
	return err
}

func (d *demo) privacy(ctx context.Context) error {
	if err := d.RequirePrivacy(ctx); err != nil {
		return err
	}
	for _, scope := range scenario.Scopes() {
		if _, err := d.TryScope(ctx, scope, true); err != nil {
			return err
		}
		if scope.Want != "" {
			d.refused = append(d.refused, denial(scope.Name))
		}
	}
	_, err := d.Run(ctx, "job", "submit", jobFolder, "--wait", "--timeout", "3m", "-o", "name", "-n", d.ServerNamespace())
	return err
}

func (d *demo) download(ctx context.Context) (err error) {
	fmt.Println("$ kubectl flare job download " + d.job + " --to result -n " + d.ServerNamespace())
	d.model, err = d.CheckModel(ctx, os.Stdout, d.ServerNamespace(), d.job, filepath.Join(d.dir, "result"))
	return err
}
