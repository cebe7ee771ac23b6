package checks

import "github.com/kubectl-flare/kubectl-flare/policies/compiled"

// images requires images of the policy, by digest: a tag can change between the check
// and the pull (GHSA-3hfq-cx9j-923w).
//
// Fields: image of every container.
func images(p *Pod) []Result {
	var results []Result
	for _, c := range p.containers {
		if c.Container == p.Verifier.Container {
			continue // the check flare-verify compares its image
		}
		if reason := imageReason(p.Site.Images.Check(c.Image)); reason != "" {
			results = append(results, p.failIn(c, IDImages, "image", reason, "use one of the policy's images: "+p.Site.Images.String(), "%s", quote(c.Image)))
		}
	}
	return results
}

func imageReason(verdict compiled.ImageVerdict) string {
	switch verdict {
	case compiled.ImageAllowed:
		return ""
	case compiled.ImageMalformed:
		return "not an image reference"
	case compiled.ImageOtherRepository:
		return "the image's repository is not allowed"
	case compiled.ImageWithoutDigest:
		return "the image has no digest"
	case compiled.ImageOtherDigest:
	}
	return "the image's digest is not allowed"
}
