package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// File is one file of a kit, by its base name. It never prints its content,
// which may be a private key.
type File struct {
	Name string
	Data []byte
	// Mode is the mode in the file system. It is zero if unknown, as for a kit that is
	// read from a Secret.
	Mode fs.FileMode
}

// String returns the name and the size.
func (f File) String() string { return fmt.Sprintf("%s (%d bytes)", f.Name, len(f.Data)) }

// GoString keeps the content out of the output of %#v.
func (f File) GoString() string { return f.String() }

// Files are the files of one directory, sorted by name.
type Files []File

// Get returns the content of the file with this name.
func (fs Files) Get(name string) ([]byte, bool) {
	for _, f := range fs {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// Only returns the files with these names, in their order.
func (fs Files) Only(names []string) Files {
	return slices.DeleteFunc(slices.Clone(fs), func(f File) bool { return !slices.Contains(names, f.Name) })
}

// Digest is SHA-256 over the lines that `sha256sum` prints for the files sorted
// by name, as lower-case hexadecimal digits. To recompute it:
//
//	cd startup && LC_ALL=C sha256sum * | sha256sum
func (fs Files) Digest() string {
	sums := make(map[string]string, len(fs))
	for _, f := range fs {
		sum := sha256.Sum256(f.Data)
		sums[f.Name] = hex.EncodeToString(sum[:])
	}
	return DigestOf(sums)
}

// DigestOf is the same for files whose SHA-256 digests are given by name, in lower-case
// hexadecimal digits.
func DigestOf(sums map[string]string) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&lines, "%s  %s\n", sums[name], name)
	}
	sum := sha256.Sum256([]byte(lines.String()))
	return hex.EncodeToString(sum[:])
}
