package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

const fixVerifier = "leave it to the webhook, or launch again with `kubectl flare launch --kit-claim`"

// verifier demands of a pod whose kit lies on a volume that flare-verify comes
// first, and that it is exactly what is recomputed here: with another image,
// argument or mount it would verify something else. Source: design §4, "PVC".
//
// Fields: initContainers[0], volumes that it mounts.
func verifier(p *Pod) []Result {
	if p.Kit.Volume == nil {
		return nil
	}
	claim := p.Kit.Volume.ClaimName
	switch {
	case p.Facts.KitImage == "":
		return []Result{p.fail(IDVerifier, "initContainers", "nothing can verify the kit", "have a cluster admin install the webhook with --kit-image", "the kit lies on claim %s, and the webhook knows no image of flare-kit", quote(claim))}
	case p.Verifier.Container == nil:
		return []Result{p.fail(IDVerifier, "initContainers", "the kit is not verified", fixVerifier, "the kit lies on claim %s, and the first init container is not %s", quote(claim), kitvolume.Verifier)}
	}
	var results []Result
	want := kitvolume.Verify(p.Facts.KitImage, p.Kit.Digest, p.Kit.Volume.SubPath, p.kitMounts)
	if field, got, wanted := difference(p.Verifier.Container, &want); field != "" {
		results = append(results, p.failIn(p.Verifier, IDVerifier, field, "not the verifier of this kit", fixVerifier, "it is %s, and must be %s", quote(got), quote(wanted)))
	}
	return append(results, p.verifiedVolumes()...)
}

// verifiedVolumes looks at what lies behind the verifier's three mounts. One volume
// cannot be two of them: each has another form.
func (p *Pod) verifiedVolumes() []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		v, field := &p.Spec.Volumes[i], indexed("volumes", i)
		bad := func(problem, form string, args ...any) {
			results = append(results, p.fail(IDVerifier, field, problem, fixVerifier, form, args...))
		}
		if v.Name == p.kitMounts.Raw && !isClaim(v.PersistentVolumeClaim, p.Kit.Volume.ClaimName) {
			bad("not the kit's volume", "it must be the claim %s, read-only", quote(p.Kit.Volume.ClaimName))
		}
		if v.Name == p.kitMounts.Seal && !isWhole(v.Secret, p.KitName) {
			bad("not the kit's Secret", "it must be the Secret %s, whole", quote(p.KitName))
		}
		if v.Name == p.kitMounts.Copy && (v.EmptyDir == nil || v.EmptyDir.Medium != corev1.StorageMediumMemory) {
			bad("the key would be written to the node's disk", "it must be an emptyDir with medium: Memory")
		}
	}
	return results
}

// isClaim says whether a volume is that claim, read-only.
func isClaim(v *corev1.PersistentVolumeClaimVolumeSource, name string) bool {
	return v != nil && v.ClaimName == name && v.ReadOnly
}

// isWhole says whether a volume is all of that Secret.
func isWhole(v *corev1.SecretVolumeSource, name string) bool {
	return v != nil && v.SecretName == name && len(v.Items) == 0 && (v.Optional == nil || !*v.Optional)
}

// copyMounts: the participant mounts the verified copy, and nobody but the
// verifier what it was copied from.
func (p *Pod) copyMounts() []Result {
	var results []Result
	mounted := false
	for c := range Containers(p.Spec) {
		if c.Container == p.Verifier.Container {
			continue
		}
		for i := range c.VolumeMounts {
			switch m := &c.VolumeMounts[i]; {
			case m.Name == p.kitMounts.Copy:
				mounted = true
				results = append(results, p.kitMountProblems(c, i, m)...)
			case p.onlyForVerifier(m.Name):
				results = append(results, p.failIn(c, IDKitMount, indexed("volumeMounts", i), "the kit as it was before it was verified",
					"mount the copy that "+kitvolume.Verifier+" makes, at "+p.kitPath(), "%s", quote(m.MountPath)))
			}
		}
	}
	if !mounted && p.Verifier.Container != nil {
		results = append(results, p.failIn(p.Main, IDKitMount, "volumeMounts", "the kit is not mounted",
			"mount the copy that "+kitvolume.Verifier+" makes, read-only at "+p.kitPath(), "%s is verified, but nobody mounts it", quote(p.KitName)))
	}
	return results
}

// onlyForVerifier says whether a volume is the raw kit or its seal.
func (p *Pod) onlyForVerifier(volume string) bool {
	v := p.volume(volume)
	return v != nil && p.source(v) == profiles.SourceRaw
}

// findVerifier looks for flare-verify where a kit lies on a volume. Its name only
// says what it is to be compared with.
func (p *Pod) findVerifier() {
	if p.Kit == nil || p.Kit.Volume == nil || len(p.Spec.InitContainers) == 0 {
		return
	}
	if c := &p.Spec.InitContainers[0]; c.Name == kitvolume.Verifier {
		p.Verifier, p.kitMounts = Container{c, listInit, 0}, kitvolume.MountsOf(c)
	}
}

// rawSource says what a volume is to a pod whose kit lies on one.
func (p *Pod) rawSource(v *corev1.Volume) profiles.Source {
	switch {
	case v.EmptyDir != nil && v.Name == p.kitMounts.Copy:
		return profiles.SourceKit
	case v.Secret != nil && v.Secret.SecretName == p.KitName, v.PersistentVolumeClaim != nil && v.Name == p.kitMounts.Raw:
		return profiles.SourceRaw
	}
	return 0
}

// difference names the first part in which two containers differ, "" where none
// does.
func difference(got, want *corev1.Container) (field, is, must string) {
	text := func(words []string) string { return strings.Join(words, " ") }
	switch {
	case kitvolume.Same(got, want):
		return "", "", ""
	case got.Image != want.Image:
		return "image", got.Image, want.Image
	case !slices.Equal(got.Command, want.Command):
		return "command", text(got.Command), text(want.Command)
	case !slices.Equal(got.Args, want.Args):
		return "args", text(got.Args), text(want.Args)
	case !equality.Semantic.DeepEqual(got.VolumeMounts, want.VolumeMounts):
		return "volumeMounts", "something else", "the kit's folder of the claim at /kit, its Secret at /seal, memory at /startup"
	}
	return "securityContext", "changed, or has something more", "as the webhook writes it"
}
