// Package delivery writes kits that are too large for a Secret to a PersistentVolumeClaim.
// It streams the files into a pod with the image flare-kit, which writes them if they have
// the expected digest, and only then writes the objects that refer to the kit.
package delivery

import (
	"context"
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Steps are the steps that write a participant's objects: all at once if the kit is in a
// Secret; else the claim first, then the kit, and then the objects that refer to it. image
// is flare-kit's; platformUser says whether the platform assigns users, and nil leaves that to
// the namespace.
func Steps(k *kit.Kit, image string, platformUser *bool, stages [][]workloads.Object) []engine.Step {
	if k.Volume == nil {
		return []engine.Step{&engine.Apply{Stages: stages}}
	}
	claim, rest := split(stages, k.Volume.ClaimName)
	return []engine.Step{
		&engine.Apply{Stages: [][]workloads.Object{claim}},
		&Deliver{Kit: k, Image: image, PlatformUser: platformUser},
		&engine.Apply{Stages: rest},
	}
}

// split separates the claim from the other objects.
func split(stages [][]workloads.Object, name string) (claim []workloads.Object, rest [][]workloads.Object) {
	for _, stage := range stages {
		var others []workloads.Object
		for _, o := range stage {
			if o.GetObjectKind().GroupVersionKind().Kind == "PersistentVolumeClaim" && o.GetName() == name {
				claim = append(claim, o)
			} else {
				others = append(others, o)
			}
		}
		rest = append(rest, others)
	}
	return claim, rest
}

// Deliver is the step that writes a kit to the claim that its Volume names.
type Deliver struct {
	// Kit has all of its files.
	Kit *kit.Kit
	// Image is flare-kit's.
	Image string
	// PlatformUser says whether the platform assigns users; nil leaves that to the namespace.
	PlatformUser *bool
}

// Rehearse implements engine.Step. The steps around it rehearse the objects that refer to
// the kit; a claim that does not exist yet cannot be written to.
func (d *Deliver) Rehearse(context.Context, *engine.Session) error { return nil }

// Run implements engine.Step.
func (d *Deliver) Run(ctx context.Context, s *engine.Session) error {
	if err := d.send(ctx, s); err != nil {
		return fmt.Errorf("the kit could not be written to claim %q: %w", d.Kit.Volume.ClaimName, s.Clients.Explain(ctx, err))
	}
	return nil
}
