// Package delivery takes a kit to a PersistentVolumeClaim, for kits that are too
// large for a Secret: it streams the files into a pod of the image flare-kit, which
// writes them if they are the kit that it was told, and only then writes the
// objects that refer to it.
package delivery

import (
	"context"
	"fmt"
	"io"

	"github.com/kubectl-flare/kubectl-flare/plugin/apply"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Courier writes the objects of one participant, whether its kit goes into a
// Secret or onto a volume.
type Courier struct {
	Clients   clients.Clients
	Applier   *apply.Applier
	Namespace string
	// Kit has all of its files, also where they go onto a volume.
	Kit *kit.Kit
	// Image is flare-kit's.
	Image string
	// Progress takes lines for people, ErrOut warnings.
	Progress, ErrOut io.Writer
}

// Apply writes the objects; those of a kit on a volume once the kit is there. With
// dryRun it asks the server what would happen and leaves it at that.
func (c *Courier) Apply(ctx context.Context, objects []workloads.Object, dryRun bool) ([]apply.Result, error) {
	if c.Kit.Volume == nil || dryRun {
		return c.Applier.Apply(ctx, c.Namespace, objects, dryRun)
	}
	// Nothing is sent where something would be refused.
	if _, err := c.Applier.Apply(ctx, c.Namespace, objects, true); err != nil {
		return nil, err
	}
	first, rest := split(objects, c.Kit.Volume.ClaimName)
	results, err := c.Applier.Apply(ctx, c.Namespace, first, false)
	if err != nil {
		return results, err
	}
	if err := c.send(ctx); err != nil {
		return results, fmt.Errorf("the kit could not be taken to claim %q: %w", c.Kit.Volume.ClaimName, c.Clients.Explain(ctx, err))
	}
	more, err := c.Applier.Apply(ctx, c.Namespace, rest, false)
	return append(results, more...), err
}

// split takes the claim out of the objects.
func split(objects []workloads.Object, claim string) (first, rest []workloads.Object) {
	for _, o := range objects {
		if o.GetObjectKind().GroupVersionKind().Kind == "PersistentVolumeClaim" && o.GetName() == claim {
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	return first, rest
}
