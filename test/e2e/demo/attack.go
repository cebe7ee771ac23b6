package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// denial is an attack that was denied.
type denial string

func (d *demo) attack(ctx context.Context) error {
	attacks, err := d.Attacks(ctx)
	if err != nil {
		return err
	}
	return errors.Join(d.try(ctx, &d.Governed, attacks), d.RestoreKit(ctx))
}

// try runs attacks, all of which must be denied.
func (r *runner) try(ctx context.Context, g *scenario.Governed, attacks []scenario.Attack) error {
	var failed []error
	for _, a := range attacks {
		said, err := g.Try(ctx, a)
		fmt.Printf("\n- %s\n$ %s\n%s\n", a.Name, r.shown(g, a.Argv), said)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		r.refused = append(r.refused, denial(a.Name))
	}
	return errors.Join(failed...)
}

// shown is a command as a person would type it.
func (r *runner) shown(g *scenario.Governed, argv []string) string {
	command := strings.Join(append([]string{filepath.Base(argv[0])}, argv[1:]...), " ")
	command = strings.ReplaceAll(command, "kubectl-flare ", "kubectl flare ")
	return strings.ReplaceAll(strings.ReplaceAll(command, g.Kits+"/", "kits/"), r.dir+"/", "")
}

// tamper ends with the kit brought there again and the client registered.
func (d *demo) tamper(ctx context.Context) error {
	said, err := d.Tamper(ctx)
	if err != nil {
		return err
	}
	fmt.Println("flare-verify in the new pod: " + said)
	d.refused = append(d.refused, "a kit changed on its volume")
	_, err = d.Run(ctx, "launch", d.Kit(scenario.Site2), "-n", d.Site2Namespace(), "--root-fingerprint", d.Root, "--image", d.Image,
		"--kit-claim", scenario.KitClaim, "--kit-image", d.KitImage)
	return err
}
