package checks

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// images demands images of the policy, by digest: what a tag means changes
// between the check and the pull (GHSA-3hfq-cx9j-923w). References are parsed,
// never compared by prefix: "good.io" begins "good.io.evil.com".
//
// Fields: image of every container.
func images(p *Pod) []Result {
	var results []Result
	for c := range Containers(p.Spec) {
		if exactly(c.Image, p.Policy.Images.Allowed) || c.Container == p.Verifier.Container {
			continue // the verifier's image is the webhook's, and compared with it
		}
		if reason, detail := imageProblem(c.Image, p.Policy.Images.Allowed); reason != "" {
			results = append(results, p.failIn(c, IDImages, "image", reason, imageFix(p.Policy.Images.Allowed), "%s", detail))
		}
	}
	return results
}

// exactly is the common case, spelled as the policy spells it; it costs no
// parsing.
func exactly(image string, allowed []v1alpha1.AllowedImage) bool {
	for i := range allowed {
		a := &allowed[i]
		if len(image) == len(a.Repository)+1+len(a.Digest) && image[len(a.Repository)] == '@' &&
			image[:len(a.Repository)] == a.Repository && image[len(a.Repository)+1:] == a.Digest {
			return true
		}
	}
	return false
}

func imageProblem(image string, allowed []v1alpha1.AllowedImage) (reason, detail string) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "not an image reference", quote(image)
	}
	repository := false
	for i := range allowed {
		if !sameRepository(named, allowed[i].Repository) {
			continue
		}
		repository = true
		if d, ok := named.(reference.Digested); ok && d.Digest().String() == allowed[i].Digest {
			return "", ""
		}
	}
	_, digested := named.(reference.Digested)
	switch {
	case !repository:
		return "the image's repository is not allowed", quote(image)
	case !digested:
		return "the image has no digest", quote(image)
	}
	return "the image's digest is not allowed", quote(image)
}

func sameRepository(named reference.Named, repository string) bool {
	want, err := reference.ParseNormalizedNamed(repository)
	return err == nil && reference.IsNameOnly(want) && want.Name() == named.Name()
}

func imageFix(allowed []v1alpha1.AllowedImage) string {
	const most = 3
	var names []string
	for i := range allowed {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, allowed[i].Repository+"@"+allowed[i].Digest)
	}
	return "use one of the policy's images: " + strings.Join(names, ", ")
}

// ResolveImage gives the digest form of an image whose tag the policy names, and
// whether there is one.
func ResolveImage(image string, allowed []v1alpha1.AllowedImage) (string, bool) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "", false
	}
	tagged, ok := named.(reference.Tagged)
	if _, digested := named.(reference.Digested); !ok || digested {
		return "", false
	}
	for i := range allowed {
		if a := &allowed[i]; a.Tag == tagged.Tag() && sameRepository(named, a.Repository) {
			return a.Repository + "@" + a.Digest, true
		}
	}
	return "", false
}
