package battery

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// flowerFederation is the one of all kits of a version of Flower.
func (k *kits) flowerFederation(version string) *flowertest.Federation {
	if f, ok := k.flower[version]; ok {
		return f
	}
	f := flowertest.New(k.l.t, version, "site-2f")
	root := f.Root.Certificate
	k.flower[version], k.sealers[flowerLead(version)] = f, kittest.SealerOf(k.l.t, "lead", f.Root, root.NotBefore, root.NotAfter)
	return f
}

// flowerLead is the name of the sealer of such a federation.
func flowerLead(version string) string { return "lead of Flower " + version }

// makeFlower makes a kit of Flower, with the same flaws that others can have.
func (k *kits) makeFlower(d kitDescription) *kit.Kit {
	one := kittest.Of(k.l.t, k.flowerFederation(d.Version).Kit(d.Role, d.Participant))
	for name, content := range d.Local {
		one.With("local/"+name, []byte(content))
	}
	k.seal(one, d, nil, k.sealers[flowerLead(d.Version)])
	if d.Change != "" {
		one.With(d.Change, append(one.File(d.Change), '\n'))
	}
	return k.placed(one.Read(), d)
}
