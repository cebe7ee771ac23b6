package battery

import (
	"encoding/json"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// images are the images of participants by their framework.
func images() map[string]string {
	return map[string]string{nvflare.Name: "registry.example.org/nvflare:2.9.0", flower.Name: "registry.example.org/flower:1.42.0"}
}

// imageFor is the image for a kit. That of another version than the usual one is named by its
// digest, which every policy of the battery has for all versions.
func imageFor(k *kit.Kit) string {
	usual := images()[k.Framework]
	repository, tag, _ := strings.Cut(usual, ":")
	if k.Version == "" || k.Version == tag {
		return usual
	}
	return repository + "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

// launched is the workload that launch writes for a kit. No one can launch a kit that
// is not accepted, but somebody may write the same by hand: it is what launch writes
// for a kit without the flaw, with the digest of the other. apart runs the participant's jobs
// in another container.
func (b builder) launched(name string, apart bool) runtime.Object {
	b.t.Helper()
	k := b.kits.kit(name)
	verified, flawless := b.accept(k), k
	if _, err := verified.Kit(); err != nil {
		d := b.kits.described[name]
		flawless = b.kits.make(kitDescription{Participant: d.Participant, Org: d.Org, Role: d.Role, Framework: d.Framework, Version: d.Version, Volume: d.Volume})
		verified = b.accept(flawless)
	}
	framework, err := builtin.Default().Get(k.Framework)
	if err != nil {
		b.t.Fatal(err)
	}
	set, err := framework.Objects(workloads.Participant{
		Namespace: b.namespace, JobContainer: apart, KitImage: KitImage,
		Settings: workloads.Settings{
			Image: imageFor(k), ImagePullSecrets: []string{"regcred"}, Storage: workloads.Storage{Size: resource.MustParse("1Gi")},
		},
	}, verified)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.withDigest(set.Stages[len(set.Stages)-1][0], flawless.Digest(), k.Digest())
}

// accept takes a kit from any author, at any time. The Verified is unusable
// for a kit that is not whole.
func (b builder) accept(k *kit.Kit) acceptance.Verified {
	b.t.Helper()
	rules, err := acceptance.Pinned(frameworks.Default(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	verified, _ := acceptance.AcceptAnytime(k, rules)
	return verified
}

// withDigest puts one digest in the place of another, in names too.
func (b builder) withDigest(obj runtime.Object, old, digest string) runtime.Object {
	b.t.Helper()
	if old == digest {
		return obj
	}
	data, err := json.Marshal(obj)
	if err != nil {
		b.t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), old, digest)
	text = strings.ReplaceAll(text, old[:names.DigestDigits], digest[:names.DigestDigits])
	changed, _, err := b.decoder.Decode([]byte(text), nil, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return changed
}
