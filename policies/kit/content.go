package kit

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// The folders of a kit. transfer/ and what else lies at the root are not read: they
// say nothing about who the participant is. The seal at the root is.
const (
	StartupDir = "startup"
	LocalDir   = "local"
)

// Content is what a kit holds, before a framework has said what it means.
type Content struct {
	// Startup holds the files of startup/, sorted by name.
	Startup Files
	// Local holds the files of local/, sorted by name; nil where there is none, as in
	// a Secret.
	Local Files
	// Seal is the seal that the kit carries; nil where it has none.
	Seal *Seal
	// Volume says that startup/ lies on a volume; nil where it lies in the Secret.
	// Of a kit that comes from such a Secret, Startup holds only what is public.
	Volume *Volume

	// sealed are the digests of the files of startup/ by name, as the seal has
	// them, of a kit on a volume; else nil.
	sealed map[string]string
}

// NewContent makes the content of a kit of files that are already read. local may be
// nil where only startup/ is at hand. The order of the files does not matter; their
// names must be legal, and each must be there once.
func NewContent(startup, local Files) (*Content, error) {
	c := &Content{Startup: startup, Local: local}
	return c, c.arrange()
}

// arrange sorts the files, which the digest needs, and looks at their names.
func (c *Content) arrange() (err error) {
	if c.Startup, err = sorted(StartupDir, c.Startup); err != nil {
		return err
	}
	if c.Local, err = sorted(LocalDir, c.Local); err != nil {
		return err
	}
	return checkNoSeal(c.Startup)
}

func sorted(dir string, files Files) (Files, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files {
		if err := checkFileName(dir, f.Name); err != nil {
			return nil, err
		}
		if i > 0 && files[i-1].Name == f.Name {
			return nil, &FieldError{File: path.Join(dir, f.Name), Problem: "is there twice", Fix: AsProvisioned}
		}
	}
	return files, nil
}

// Digest is the kit digest: SHA-256 over the sha256sum lines of startup/, as 64
// lower-case hexadecimal digits. Of a kit on a volume it is what the seal says.
func (c *Content) Digest() string {
	if c.sealed != nil {
		return DigestOf(c.sealed)
	}
	return c.Startup.Digest()
}

// LocalDigest is the same over local/.
func (c *Content) LocalDigest() string { return c.Local.Digest() }

// FileNames are the names of all files of startup/, sorted, also of those that lie
// on a volume.
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

// OnVolume says whether startup/ lies on a volume. Then Startup may hold only what
// is public of it, and the seal says what else there is.
func (c *Content) OnVolume() bool { return c.sealed != nil }

// Elsewhere says whether a file of startup/ lies on the volume alone.
func (c *Content) Elsewhere(name string) bool {
	_, here := c.Startup.Get(name)
	return c.sealed[name] != "" && !here
}
