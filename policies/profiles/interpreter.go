package profiles

import (
	"path"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// versioned is the form of the name of an interpreter that says its version. Python loads
// modules from the working directory before 3.11, which does not know PYTHONSAFEPATH.
var versioned = regexp.MustCompile(`^python3\.(1[1-9]|[2-9][0-9])$`)

// IsInterpreter says whether the first word of a container's command is a Python of its image
// that the author of the image has chosen, or one that says that it is new enough: an image may
// have an old one too, and the author of a pod must not choose that. A name without a path is
// searched by the container runtime in the PATH of the image. An absolute path must not be
// hidden by a mount. The site has chosen the image by its digest, and the root file system is
// read-only, so it does not matter where in the image the interpreter is. What is in a volume,
// or what a path in /proc leads to, may be anything.
func IsInterpreter(word string, c *corev1.Container) bool {
	chosen := word == "python3" || word == "/usr/local/bin/python3" || word == "/usr/local/bin/python"
	if !chosen && !versioned.MatchString(path.Base(word)) {
		return false
	}
	if !strings.Contains(word, "/") {
		return true
	}
	if !path.IsAbs(word) || path.Clean(word) != word || strings.Contains(word, "$") {
		return false
	}
	for _, system := range [...]string{"/proc", "/dev", "/sys", "/run", "/var/run", "/var/lock", "/var/tmp", Scratch} {
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
