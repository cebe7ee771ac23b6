package kit

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// The folders of a kit. Of the other files and folders of a kit, only the seal is read:
// the others do not say who the participant is.
const (
	StartupDir = "startup"
	LocalDir   = "local"
)

// Content is what a kit contains, before a framework interprets it.
type Content struct {
	// Startup has the files of startup/, sorted by name.
	Startup Files
	// Local has the files of local/, sorted by name. It is nil if the content comes from
	// a Secret, and empty if a folder has no local/.
	Local Files
	// Seal is the kit's seal, or nil if it has none. LocalSeal is the same for local/.
	Seal, LocalSeal *Seal
	// Volume says on which volume startup/ is, or is nil if the Secret contains it. If
	// a kit is read from a Secret with Volume, Startup has the public files only.
	Volume *Volume

	// sealed are the digests of the files of startup/ by name, from the seal, for a kit
	// on a volume. For other kits it is nil.
	sealed map[string]string
}

// NewContent makes the content of a kit of files that are already read. local may be
// nil if only startup/ is available. The files may be in any order; their names must be
// valid and unique.
func NewContent(startup, local Files) (*Content, error) {
	c := &Content{Startup: startup, Local: local}
	return c, c.arrange()
}

// arrange sorts the files, as the digest requires, and checks their names.
func (c *Content) arrange() (err error) {
	if c.Startup, err = sorted(StartupDir, c.Startup); err != nil {
		return err
	}
	if c.Local, err = sorted(LocalDir, c.Local); err != nil {
		return err
	}
	return checkNoSeal(c.Startup, c.Local)
}

func sorted(dir string, files Files) (Files, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files {
		if err := checkFileName(dir, f.Name); err != nil {
			return nil, err
		}
		if i > 0 && files[i-1].Name == f.Name {
			return nil, &FieldError{File: path.Join(dir, f.Name), Problem: "exists twice", Fix: AsProvisioned}
		}
	}
	return files, nil
}

// Digest is the kit digest: SHA-256 over the sha256sum lines of startup/, as 64
// lower-case hexadecimal digits. For a kit on a volume, it is computed from the digests
// in the seal.
func (c *Content) Digest() string {
	if c.sealed != nil {
		return DigestOf(c.sealed)
	}
	return c.Startup.Digest()
}

// LocalDigest is the same over local/.
func (c *Content) LocalDigest() string { return c.Local.Digest() }

// FileNames are the names of all files of startup/, also of those on a volume, sorted.
func (c *Content) FileNames() []string {
	all := slices.Collect(maps.Keys(c.sealed))
	for _, f := range c.Startup {
		if _, named := c.sealed[f.Name]; !named {
			all = append(all, f.Name)
		}
	}
	slices.Sort(all)
	return all
}

// OnVolume says whether startup/ is on a volume. Then Startup may have only its public
// files, and the seal lists the others.
func (c *Content) OnVolume() bool { return c.sealed != nil }

// Elsewhere says whether a file of startup/ is only on the volume.
func (c *Content) Elsewhere(name string) bool {
	_, here := c.Startup.Get(name)
	return c.sealed[name] != "" && !here
}
