package profiles

import (
	"path"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// python is the form of the name of an interpreter.
var python = regexp.MustCompile(`^python(3(\.[0-9]{1,2})?)?$`)

// IsInterpreter says whether the first word of a container's command is a Python of its
// image: a name, for which the container runtime searches the PATH of the image, or an
// absolute path that no mount of the container hides. The site has chosen the image by its
// digest, and the root file system is read-only, so it does not matter where in the image the
// interpreter is. What is in a volume, or what a path in /proc leads to, may be anything.
func IsInterpreter(word string, c *corev1.Container) bool {
	if !python.MatchString(path.Base(word)) {
		return false
	}
	if !strings.Contains(word, "/") {
		return true
	}
	if !path.IsAbs(word) || path.Clean(word) != word || strings.Contains(word, "$") {
		return false
	}
	for _, system := range [...]string{"/proc", "/dev", "/sys", "/run", "/var/run", Scratch} {
		if below(word, system) {
			return false
		}
	}
	for i := range c.VolumeMounts {
		if below(word, path.Clean("/"+c.VolumeMounts[i].MountPath)) {
			return false
		}
	}
	return true
}

// below says whether a path is a folder, or is in it.
func below(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, strings.TrimSuffix(folder, "/")+"/")
}
