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

// verifier requires that in a pod whose kit is on a volume, flare-verify runs first and
// is exactly as expected: with another image, argument or mount, it would verify something
// else.
//
// Fields: initContainers[0], volumes that it mounts.
func verifier(p *Pod) []Result {
	if p.Kit.Volume == nil || p.kitPath() == "" {
		return nil // no container reads it
	}
	claim := p.Kit.Volume.ClaimName
	switch {
	case p.Facts.KitImage == "":
		return []Result{p.fail(IDVerifier, "initContainers", "the kit cannot be verified", "ask a cluster admin to install the webhook with --kit-image", "the kit is on claim %s, but the webhook has no image of flare-kit", quote(claim))}
	case p.Verifier.Container == nil:
		return []Result{p.fail(IDVerifier, "initContainers", "the kit is not verified", fixVerifier, "the kit is on claim %s, but the first init container is not %s", quote(claim), kitvolume.Verifier)}
	}
	var results []Result
	want := kitvolume.Verify(p.Facts.KitImage, p.Kit.Digest, p.Kit.Volume.SubPath, p.kitMounts)
	if field, got, wanted := difference(p.Verifier.Container, &want); field != "" {
		results = append(results, p.failIn(p.Verifier, IDVerifier, field, "not the verifier of this kit", fixVerifier, "it is %s, but must be %s", quote(got), quote(wanted)))
	}
	return append(results, p.verifiedVolumes()...)
}

// verifiedVolumes evaluates the volumes of the verifier's three mounts. One volume cannot
// be used for two of them, since each must be of another kind.
func (p *Pod) verifiedVolumes() []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		v, field := &p.Spec.Volumes[i], indexed("volumes", i)
		bad := func(problem, form string, args ...any) {
			results = append(results, p.fail(IDVerifier, field, problem, fixVerifier, form, args...))
		}
		if v.Name == p.kitMounts.Raw && !isClaim(v.PersistentVolumeClaim, p.Kit.Volume.ClaimName) {
			bad("not the volume with the kit", "it must be the claim %s, read-only", quote(p.Kit.Volume.ClaimName))
		}
		if v.Name == p.kitMounts.Seal && !isWhole(v.Secret, p.KitName) {
			bad("not the kit's Secret", "it must be the Secret %s, without items and optional", quote(p.KitName))
		}
		if v.Name == p.kitMounts.Copy && (v.EmptyDir == nil || v.EmptyDir.Medium != corev1.StorageMediumMemory) {
			bad("the key would be written to the node's disk", "it must be an emptyDir with medium: Memory")
		}
	}
	return results
}

// isClaim says whether a volume is this claim, read-only.
func isClaim(v *corev1.PersistentVolumeClaimVolumeSource, name string) bool {
	return v != nil && v.ClaimName == name && v.ReadOnly
}

// isWhole says whether a volume has all of this Secret.
func isWhole(v *corev1.SecretVolumeSource, name string) bool {
	return v != nil && v.SecretName == name && len(v.Items) == 0 && (v.Optional == nil || !*v.Optional)
}

// copyMounts requires that the participant mounts the verified copy in every container that
// needs the kit, and that only the verifier mounts the original.
func (p *Pod) copyMounts() []Result {
	var results []Result
	for _, c := range p.containers {
		if c.Container == p.Verifier.Container {
			continue
		}
		for i := range c.VolumeMounts {
			switch m := &c.VolumeMounts[i]; {
			case m.Name == p.kitMounts.Copy:
				results = append(results, p.kitMountProblems(c, i, m)...)
			case p.onlyForVerifier(m.Name):
				results = append(results, p.failIn(c, IDKitMount, indexed("volumeMounts", i), "the kit before it is verified",
					"mount the copy that "+kitvolume.Verifier+" makes, at "+p.kitPath(), "%s", quote(m.MountPath)))
			}
		}
	}
	if p.Verifier.Container == nil {
		return results
	}
	fix := "mount the copy that " + kitvolume.Verifier + " makes, read-only at "
	return append(results, p.unmounted([]string{p.kitMounts.Copy}, fix, "%s is verified, but the container does not mount it")...)
}

// onlyForVerifier says whether a volume is the raw kit or its seal.
func (p *Pod) onlyForVerifier(volume string) bool {
	source, ok := p.volume(volume)
	return ok && source == profiles.SourceRaw
}

// findVerifier finds flare-verify if the kit is on a volume. It looks for the name only;
// the check flare-verify compares the rest.
func (p *Pod) findVerifier() {
	if p.Kit == nil || p.Kit.Volume == nil || len(p.Spec.InitContainers) == 0 {
		return
	}
	if c := &p.Spec.InitContainers[0]; c.Name == kitvolume.Verifier {
		p.Verifier, p.kitMounts = Container{c, listInit, 0}, kitvolume.MountsOf(c)
	}
}

// rawSource classifies the volumes of a pod whose kit is on a volume.
func (p *Pod) rawSource(v *corev1.Volume) profiles.Source {
	switch {
	case v.EmptyDir != nil && v.Name == p.kitMounts.Copy:
		return profiles.SourceKit
	case v.Secret != nil && v.Secret.SecretName == p.KitName, v.PersistentVolumeClaim != nil && v.Name == p.kitMounts.Raw:
		return profiles.SourceRaw
	}
	return 0
}

// difference names the first field in which two containers differ, or "" if they do not.
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
		return "volumeMounts", "different", "the kit's folder of the claim at /kit, its Secret at /seal, and memory at /startup"
	}
	return "securityContext", "different, or another field is", "as the webhook writes it"
}
