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
	var failed []error
	for _, a := range attacks {
		said, err := d.Try(ctx, a)
		fmt.Printf("\n- %s\n$ %s\n%s\n", a.Name, d.shown(a.Argv), said)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		d.refused = append(d.refused, denial(a.Name))
	}
	return errors.Join(append(failed, d.RestoreKit(ctx))...)
}

// shown is a command as a person would type it.
func (d *demo) shown(argv []string) string {
	command := strings.Join(append([]string{filepath.Base(argv[0])}, argv[1:]...), " ")
	command = strings.ReplaceAll(command, "kubectl-flare ", "kubectl flare ")
	return strings.ReplaceAll(strings.ReplaceAll(command, d.Kits+"/", "kits/"), d.dir+"/", "")
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
