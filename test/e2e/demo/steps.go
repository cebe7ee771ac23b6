package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

func (d *demo) build(ctx context.Context) (err error) {
	d.env, err = scenario.FromEnvironment(ctx, d.dir)
	fmt.Printf("NVFLARE %s, image %s\n", d.env.NVFLARE, d.env.Image)
	return err
}

func (d *demo) namespaces(ctx context.Context) error {
	fmt.Println(strings.Join(d.federation.Namespaces(), ", "))
	return d.env.CreateNamespaces(ctx, "demo", d.federation.Namespaces()...)
}

func (d *demo) provision(ctx context.Context) (err error) {
	d.kits, err = d.env.Provision(ctx, d.federation, d.env.NVFLARE, filepath.Join(d.dir, "provision"))
	return err
}

func (d *demo) verify(ctx context.Context) error {
	kit, err := d.env.Inspect(ctx, d.kit(scenario.Server))
	if err != nil {
		return err
	}
	d.root = kit.Root.Fingerprint
	if _, err := d.flare(ctx, "kit", "inspect", d.kit(scenario.Site2)); err != nil {
		return err
	}
	if _, err := d.flare(ctx, "kit", "verify", d.kit(scenario.Site2), "--root-fingerprint", d.root); err != nil {
		return err
	}
	for _, name := range []string{scenario.Server, scenario.Site1, scenario.Admin} {
		if _, err := scenario.Must(ctx, nil, d.env.Flare, "kit", "verify", d.kit(name), "--root-fingerprint", d.root); err != nil {
			return err
		}
		fmt.Println("the kit of " + name + " verifies too")
	}
	return nil
}

func (d *demo) inject(ctx context.Context) error {
	args := []string{"kit", "inject", d.kit(scenario.Site1), "-n", d.federation.Site1Namespace(), "--root-fingerprint", d.root}
	dryRun := append(slices.Clone(args), "--dry-run=server", "-o", "yaml")
	d.show(dryRun)
	out, err := scenario.Must(ctx, nil, append([]string{d.env.Flare}, dryRun...)...)
	if err != nil {
		return err
	}
	secret, _, _ := strings.Cut(out, "---\n")
	fmt.Println(secret)
	key, err := os.ReadFile(filepath.Join(d.kit(scenario.Site1), "startup", "client.key"))
	if err != nil {
		return err
	}
	if scenario.Leaks(out, key) {
		return fmt.Errorf("the private key is in the dry run's output")
	}
	_, err = d.flare(ctx, args...)
	return err
}

func (d *demo) launch(ctx context.Context) error {
	f := d.federation
	for _, p := range []struct{ name, namespace string }{
		{scenario.Server, f.ServerNamespace()}, {scenario.Site1, f.Site1Namespace()},
		{scenario.Site2, f.Site2Namespace()}, {scenario.Admin, f.ServerNamespace()},
	} {
		if _, err := d.flare(ctx, "launch", d.kit(p.name), "-n", p.namespace, "--root-fingerprint", d.root, "--image", d.env.Image); err != nil {
			return err
		}
	}
	_, err := d.flare(ctx, "status", "-A")
	return err
}

func (d *demo) submit(ctx context.Context) error {
	out, err := d.flare(ctx, "job", "submit", "test/testdata/jobs/numpy-fedavg", "--wait", "--timeout", "3m", "-o", "name", "-n", d.federation.ServerNamespace())
	d.job = strings.TrimSpace(out)
	if err != nil {
		return err
	}
	_, err = d.flare(ctx, "job", "list", "-n", d.federation.ServerNamespace())
	return err
}

func (d *demo) download(ctx context.Context) (err error) {
	fmt.Println("$ kubectl flare job download " + d.job + " --to result -n " + d.federation.ServerNamespace())
	d.model, err = d.env.CheckModel(ctx, os.Stdout, d.federation.ServerNamespace(), d.job, filepath.Join(d.dir, "result"))
	return err
}
