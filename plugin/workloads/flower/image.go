package flower

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// tagVersion begins the tags of Flower's images, such as 1.36.0-py3.11-ubuntu24.04.
var tagVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+`)

// checkImages compares the versions that the tags of images give with the kit's: the processes of
// another dialect know other arguments, and end.
func (b builder) checkImages() error {
	images := []string{b.Image}
	for _, container := range slices.Sorted(maps.Keys(b.Images)) {
		if container != containerProxy {
			images = append(images, b.Images[container])
		}
	}
	for _, image := range images {
		version := imageVersion(image)
		theirs, err := flower.DialectOf(version)
		if version == "" || err == nil && theirs == b.dialect {
			continue
		}
		if err != nil {
			return fmt.Errorf("the version of Flower in the image %s %w", image, err)
		}
		return fmt.Errorf("the image %s has Flower %s, which speaks the dialect %s, but the kit of %q is for Flower %s, which speaks %s: give an image of that version, or provision kits for the image's",
			image, version, theirs, b.Kit.Participant, b.spec.Version, b.dialect)
	}
	return nil
}

// imageVersion is the version of Flower in an image with a name that says that it has Flower, as its
// tag gives it, or empty: other images count their own versions.
func imageVersion(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	tagged, ok := named.(reference.Tagged)
	folder, name := path.Split(reference.Path(named))
	if !ok || !strings.Contains(name, "flower") && !strings.Contains(name, "flwr") && path.Base(folder) != "flwr" {
		return ""
	}
	return tagVersion.FindString(tagged.Tag())
}
