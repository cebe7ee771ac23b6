package agreement_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

var (
	issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	today  = issued.AddDate(0, 1, 0)
)

// world are the keys and certificates that all cases share: making RSA keys is what
// takes time.
type world struct {
	registry *frameworks.Registry
	roots    []*x509.Certificate
	// bases are kits before anybody has sealed them.
	bases []base
	// sites are keys of sites; a policy may name the first two.
	sites []*kittest.Sealer
	// rules chooses what policies require of settings.
	rules *rand.Rand
}

// base is a kit, and who may seal it for its project; nil where no one may.
type base struct {
	content *kit.Content
	project *kittest.Sealer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	registry, err := frameworks.NewRegistry(nvflare.Framework{}, toy.Framework{})
	require.NoError(t, err)
	w := &world{registry: registry, rules: rand.New(rand.NewPCG(2026, 12))}
	for _, name := range []string{"it", "security", "outsider"} {
		w.sites = append(w.sites, kittest.NewSealer(t, name))
	}
	long := kittest.WithDates(issued.AddDate(-2, 0, 0), issued.AddDate(4, 0, 0))
	pinned, impostor := kittest.NewFederation(t, "demo", long), kittest.NewFederation(t, "demo", long)
	signed := kittest.NewFederation(t, "demo", long, kittest.WithFamily(nvflare.Family27))
	from := func(years int) kittest.Option {
		return kittest.WithDates(issued.AddDate(years, 0, 0), issued.AddDate(years+1, 0, 0))
	}
	w.add(pinned, pinned.Client("site-1", "a", from(0)), pinned.Server("server1", "lab"), pinned.Admin("lead@a.org", "a", "lead"))
	w.add(pinned, pinned.Client("site-1", "a", from(-2)), pinned.Client("site-1", "a", from(1)))
	w.add(impostor, impostor.Client("site-1", "a"))
	w.add(signed, signed.Client("site-1", "a"))
	for i, role := range []kit.Role{toy.RoleHub, toy.RoleLeaf} {
		key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+i)), ed25519.SeedSize)))
		content, err := toy.Write(toy.Spec{Federation: "play", Participant: "site-1", Org: "o", Role: role, Host: "hub", Key: key})
		require.NoError(t, err)
		w.bases = append(w.bases, base{content: content})
	}
	return w
}

func (w *world) add(f *kittest.Federation, kits ...*kittest.Kit) {
	project := f.Sealer("release")
	if !slices.Contains(w.roots, f.Root) {
		w.roots = append(w.roots, f.Root)
	}
	for _, k := range kits {
		content := k.Read().Content
		w.bases = append(w.bases, base{&content, project})
	}
}

// generated is one kit as it is in a folder, and whether its Secret is that of a kit
// on a volume.
type generated struct {
	kit      *kit.Kit
	content  *kit.Content
	onVolume bool
}

// kit makes the next kit: a base, sealed in some way, and then perhaps changed.
func (w *world) kit(t *testing.T, r *rand.Rand) generated {
	t.Helper()
	b := w.bases[r.IntN(len(w.bases))]
	k, err := w.registry.Read(b.content)
	require.NoError(t, err)
	g := generated{kit: k}
	if r.IntN(20) == 0 {
		k.Local = append(slices.Clone(k.Local), kit.File{Name: "notes.txt", Data: []byte("x")})
	}
	by := w.sealer(r, b.project)
	var lied bool
	k.Seal, lied = w.seal(t, r, k, by, k.MakeSeal)
	if r.IntN(8) == 0 {
		by = w.sealer(r, b.project)
	}
	k.LocalSeal, _ = w.seal(t, r, k, by, k.MakeLocalSeal)
	content := k.Content
	content.Startup, content.Local = slices.Clone(content.Startup), slices.Clone(content.Local)
	g.onVolume = k.Seal != nil && !lied && r.IntN(4) == 0
	tamper(r, &content, k.Public, g.onVolume)
	tamperLocal(r, &content)
	g.content = &content
	return g
}

// sealer is someone who may seal, or who may not; nil is no one.
func (w *world) sealer(r *rand.Rand, project *kittest.Sealer) *kittest.Sealer {
	return append(slices.Clone(w.sites), project, project, nil)[r.IntN(len(w.sites)+3)]
}

// seal seals a part of the kit. lied says that the seal is not true of the kit.
func (w *world) seal(t *testing.T, r *rand.Rand, k *kit.Kit, by *kittest.Sealer, makeSeal func(kit.SealOptions) (*kit.Seal, error)) (made *kit.Seal, lied bool) {
	t.Helper()
	if by == nil {
		return nil, false
	}
	o := kit.SealOptions{Now: sealingTime(k), ValidFor: []time.Duration{48 * time.Hour, 20000 * time.Hour, 20000 * time.Hour, 20000 * time.Hour}[r.IntN(4)], Serial: 5 + r.Int64N(5), Key: by.Key}
	o.Certificate = by.Certificate // nil of a site's
	made, err := makeSeal(o)
	require.NoError(t, err)
	if r.IntN(10) == 0 {
		made.Envelope = w.lie(t, r, made, by)
		lied = true
	}
	if r.IntN(20) == 0 {
		made.Certificate = [][]byte{nil, []byte("x"), pki.EncodeCertificate(w.roots[0])}[r.IntN(3)]
	}
	return made, lied
}

// tamperLocal changes something of local/ after the seal.
func tamperLocal(r *rand.Rand, c *kit.Content) {
	i := r.IntN(len(c.Local))
	switch r.IntN(30) {
	case 0:
		c.Local[i].Data = append(slices.Clone(c.Local[i].Data), '\n')
	case 1:
		c.Local = append(c.Local, kit.File{Name: "notes.txt", Data: []byte("x")})
	case 2:
		if c.LocalSeal != nil {
			c.LocalSeal = &kit.Seal{Envelope: []byte("{}"), Certificate: c.LocalSeal.Certificate}
		}
	case 3:
		c.LocalSeal = c.Seal
	}
}

// lie signs a statement that is not true of the kit.
func (w *world) lie(t *testing.T, r *rand.Rand, made *kit.Seal, by *kittest.Sealer) []byte {
	t.Helper()
	s, err := made.Unverified()
	require.NoError(t, err)
	[]func(){
		func() { s.Role = "server" }, func() { s.Org = "x" }, func() { s.Participant = "site-2" }, func() { s.Federation = "x" },
		func() { s.Framework.Name = "flower" }, func() { s.Framework.Version = "9.9" },
		func() { s.Root, s.Key = strings.Repeat("0", 64), "" }, func() { s.Root, s.Key = "", strings.Repeat("0", 64) },
		func() {
			s.SealedBy = map[seal.SealedBy]seal.SealedBy{seal.BySite: seal.ByProject, seal.ByProject: seal.BySite}[s.SealedBy]
		},
		func() {
			first := slices.Sorted(maps.Keys(s.Files))[0]
			s.Files["zz"+first] = s.Files[first] // toy's local/ has one file only
			delete(s.Files, first)
		},
	}[r.IntN(10)]()
	envelope, err := seal.Sign(s, by.Key)
	require.NoError(t, err)
	return envelope
}

// tamper changes something after the seal. Of a kit on a volume only what the Secret
// shows: the rest flare-verify compares in the pod.
func tamper(r *rand.Rand, c *kit.Content, public []string, onVolume bool) {
	i := r.IntN(len(c.Startup))
	for onVolume && !slices.Contains(public, c.Startup[i].Name) {
		i = r.IntN(len(c.Startup))
	}
	switch r.IntN(10) {
	case 0:
		c.Startup[i].Data = append(slices.Clone(c.Startup[i].Data), '\n')
	case 1:
		if !onVolume {
			c.Startup = slices.Delete(c.Startup, i, i+1)
		}
	case 2:
		if !onVolume {
			c.Startup = append(c.Startup, kit.File{Name: "zz-more.json", Data: []byte("{}")})
		}
	case 3:
		if c.Seal != nil && !onVolume {
			c.Seal = &kit.Seal{Envelope: []byte("{}"), Certificate: c.Seal.Certificate}
		}
	}
}

// sealingTime is a month ago or, of a kit that was not valid then, soon after it was
// made.
func sealingTime(k *kit.Kit) time.Time {
	from, until := k.Validity()
	monthAgo := today.AddDate(0, -1, 0)
	if k.Certificate == nil || (from.Before(monthAgo) && until.After(today)) {
		return monthAgo
	}
	return from.Add(time.Hour)
}
