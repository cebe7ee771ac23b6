package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

const appFolder = "test/testdata/jobs/flower-fedavg"

// flowerDemo is the state that the steps of Flower hand on.
type flowerDemo struct {
	scenario.Flower
	*runner
	model string
}

func (d *flowerDemo) lab() bool { return d.Lab != "" }

func (d *flowerDemo) result() string { return strings.TrimPrefix(d.model, "RESULT ") }

func (d *flowerDemo) steps() []step {
	return []step{
		{name: "build the plugin", run: d.build},
		{name: "make three empty namespaces under Pod Security restricted", run: d.namespaces},
		{name: "provision SuperLink, two SuperNodes and a scientist", run: d.Provision},
		{name: "install the webhook, with certificates of cert-manager", run: d.Install},
		{name: "seal the kits", run: d.Seal},
		{name: "inspect and verify the kits", run: d.verify},
		{name: "govern the namespaces", run: d.Govern},
		{name: "launch SuperLink, SuperNodes and scientist: all registered, one with apps in a container of their own", run: d.launch},
		{name: "run an app and compare its model", run: d.app},
		{name: "attack the first site: everything is denied", run: d.attack},
	}
}

func (d *flowerDemo) build(ctx context.Context) error {
	e, err := scenario.FromEnvironment(ctx, d.dir)
	if err != nil {
		return err
	}
	d.Env, err = e.WithFlower("HTTP")
	d.Say, d.Version = os.Stdout, d.Env.Flower
	d.Runtimes = map[string]string{scenario.Site2: "container"}
	fmt.Printf("Flower %s, image %s\n", d.Version, d.Image)
	return err
}

func (d *flowerDemo) namespaces(ctx context.Context) error {
	fmt.Println(strings.Join(d.Namespaces(), ", "))
	return d.CreateNamespaces(ctx, d.Prefix, d.Namespaces()...)
}

func (d *flowerDemo) verify(ctx context.Context) error {
	if _, err := d.Run(ctx, "kit", "inspect", d.Kit(scenario.Site2)); err != nil {
		return err
	}
	for _, p := range d.Places() {
		if _, err := d.Run(ctx, "kit", "verify", d.Kit(p.Participant), "--root-fingerprint", d.Root); err != nil {
			return err
		}
	}
	return nil
}

func (d *flowerDemo) launch(ctx context.Context) error {
	if err := d.LaunchAll(ctx); err != nil {
		return err
	}
	_, err := d.Run(ctx, "status", "-A")
	return err
}

func (d *flowerDemo) app(ctx context.Context) (err error) {
	d.model, err = d.RunApp(ctx, appFolder)
	if err == nil && d.model != scenario.FlowerResult {
		err = fmt.Errorf("the app ends with %q and must end with %q", d.model, scenario.FlowerResult)
	}
	return err
}

func (d *flowerDemo) attack(ctx context.Context) error {
	attacks, err := d.Attacks(ctx)
	if err != nil {
		return err
	}
	return d.try(ctx, &d.Governed, attacks)
}
