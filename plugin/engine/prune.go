package engine

import (
	"context"
	"maps"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Prune is the step that deletes what an earlier plan of the same command created and this
// one does not need. It comes last, when the new objects work. Objects of other commands
// stay, and so do claims, which hold data. Users who may not delete the objects get a
// warning, and the inventory still lists them.
type Prune struct {
	// Inventory is an earlier step of the same plan.
	Inventory *Inventory

	remove Remove
	// forbidden says that nothing may be deleted.
	forbidden bool
}

// Rehearse implements Step.
func (p *Prune) Rehearse(ctx context.Context, s *Session) error {
	if s.left() {
		p.forbidden = true // the object that was left may need them
		return nil
	}
	confirmed, err := Confirmed(ctx, s.Target, p.Inventory.Owner, p.unused())
	if err == nil {
		p.remove = Remove{Stages: [][]Ref{confirmed}, Action: Pruned}
		err = p.remove.Rehearse(ctx, s)
	}
	if apierrors.IsForbidden(err) {
		s.Reporter.Warn("objects of earlier launches stay, because you may not delete them: %v", s.Clients.Explain(ctx, err))
		p.forbidden, err = true, nil
		p.remove.abandon()
	}
	return err
}

// Run implements Step.
func (p *Prune) Run(ctx context.Context, s *Session) error {
	unused := p.unused()
	if len(unused) == 0 || p.forbidden {
		return nil
	}
	if err := p.remove.Run(ctx, s); err != nil {
		return err
	}
	left := maps.Clone(p.Inventory.known)
	for _, ref := range unused {
		delete(left, key(ref.GroupKind, ref.Name))
	}
	return p.Inventory.apply(ctx, s, left)
}

func (p *Prune) unused() []Ref {
	made := p.Inventory.made()
	var refs []Ref
	for _, k := range slices.Sorted(maps.Keys(p.Inventory.known)) {
		ref, ok := parseKey(k)
		if _, used := made[k]; ok && !used && p.Inventory.known[k] == p.Inventory.Command && ref.Kind != kindClaim {
			refs = append(refs, ref)
		}
	}
	return refs
}
