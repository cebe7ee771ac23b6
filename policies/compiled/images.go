package compiled

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Images are the images of a policy. An image that is spelled as in the policy is found
// without parsing.
type Images struct {
	// digested has "repository@digest" and tagged "repository:tag", as spelled in the
	// policy, with the indices of their entries.
	digested, tagged map[string]int
	// repositories has the same by the full name of the repository.
	repositories map[string]repository
	// resolved has all entries as "repository@digest".
	resolved []string
}

// repository has the indices of entries by digest and by tag.
type repository struct{ digests, tags map[string]int }

func newImages(allowed []v1alpha1.AllowedImage) Images {
	images := Images{
		digested: make(map[string]int, len(allowed)), tagged: make(map[string]int, len(allowed)),
		repositories: make(map[string]repository, len(allowed)), resolved: make([]string, 0, len(allowed)),
	}
	for i := range allowed {
		images.add(i, &allowed[i])
	}
	return images
}

func (s *Images) add(i int, a *v1alpha1.AllowedImage) {
	form := a.Repository + "@" + a.Digest
	s.resolved = append(s.resolved, form)
	first(s.digested, form, i)
	named, err := reference.ParseNormalizedNamed(a.Repository)
	if err != nil {
		return // invalid policies are not compiled
	}
	r, ok := s.repositories[named.Name()]
	if !ok {
		r = repository{map[string]int{}, map[string]int{}}
		s.repositories[named.Name()] = r
	}
	first(r.digests, a.Digest, i)
	if a.Tag != "" {
		first(s.tagged, a.Repository+":"+a.Tag, i)
		first(r.tags, a.Tag, i)
	}
}

// first keeps the first entry.
func first(entries map[string]int, key string, i int) {
	if _, ok := entries[key]; !ok {
		entries[key] = i
	}
}

// ImageVerdict is what the policy says about an image.
type ImageVerdict int

// The verdicts.
const (
	ImageAllowed ImageVerdict = iota
	// ImageMalformed means that it is not an image reference.
	ImageMalformed
	ImageOtherRepository
	ImageWithoutDigest
	ImageOtherDigest
)

// Check says whether an image may run. It parses references and does not compare
// prefixes: "hospital.org" is a prefix of "hospital.org.evil.com".
func (s *Images) Check(image string) ImageVerdict {
	if _, ok := s.digested[image]; ok {
		return ImageAllowed
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ImageMalformed
	}
	r, ok := s.repositories[named.Name()]
	if !ok {
		return ImageOtherRepository
	}
	digested, ok := named.(reference.Digested)
	if !ok {
		return ImageWithoutDigest
	}
	if _, ok := r.digests[digested.Digest().String()]; !ok {
		return ImageOtherDigest
	}
	return ImageAllowed
}

// Resolve returns an image as "repository@digest" if the policy has its tag. ok is false
// for other images, also for those with a digest.
func (s *Images) Resolve(image string) (string, bool) {
	if i, ok := s.tag(image); ok {
		return s.resolved[i], true
	}
	return "", false
}

// Entry is the index of the entry that allows an image, or that has the digest for its
// tag. It is -1 if there is none.
func (s *Images) Entry(image string) int {
	if i, ok := s.tag(image); ok {
		return i
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return -1
	}
	if digested, ok := named.(reference.Digested); ok {
		if i, ok := s.repositories[named.Name()].digests[digested.Digest().String()]; ok {
			return i
		}
	}
	return -1
}

// tag finds the entry for the tag of an image.
func (s *Images) tag(image string) (int, bool) {
	if i, ok := s.tagged[image]; ok {
		return i, true
	}
	if _, ok := s.digested[image]; ok {
		return 0, false
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return 0, false
	}
	tagged, ok := named.(reference.Tagged)
	if _, digested := named.(reference.Digested); !ok || digested {
		return 0, false
	}
	i, ok := s.repositories[named.Name()].tags[tagged.Tag()]
	return i, ok
}

// String lists a few of the images, for messages.
func (s *Images) String() string {
	const most = 3
	if len(s.resolved) > most {
		return strings.Join(s.resolved[:most], ", ") + ", …"
	}
	return strings.Join(s.resolved, ", ")
}
