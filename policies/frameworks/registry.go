package frameworks

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Registered is a framework with the capabilities that it has; nil for those that it
// has not.
type Registered struct {
	Framework
	Checker      Checker
	NativeSigner NativeSigner
	Versioned    Versioned
	RootKeeper   RootKeeper
}

// Registry is a set of frameworks. It never changes.
type Registry struct{ all []Registered }

// Default are the frameworks that kubectl-flare serves.
func Default() *Registry {
	return &Registry{all: []Registered{registered(nvflare.Framework{})}}
}

func registered(f Framework) Registered {
	r := Registered{Framework: f}
	r.Checker, _ = f.(Checker)
	r.NativeSigner, _ = f.(NativeSigner)
	r.Versioned, _ = f.(Versioned)
	r.RootKeeper, _ = f.(RootKeeper)
	return r
}

// nameForm is a DNS label (RFC 1123): names stand in labels of objects.
var nameForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// NewRegistry makes a registry. It refuses a name that is no DNS label or that comes
// twice, and a framework that nobody could name or recognise.
func NewRegistry(all ...Framework) (*Registry, error) {
	r := &Registry{}
	for _, f := range all {
		_, twice := r.Find(f.Name())
		switch {
		case !nameForm.MatchString(f.Name()):
			return nil, fmt.Errorf("the framework %q cannot be registered: its name is not a DNS label", f.Name())
		case twice:
			return nil, fmt.Errorf("the framework %q is registered twice", f.Name())
		case f.Title() == "" || len(f.Marks()) == 0 || len(f.Roles()) == 0:
			return nil, fmt.Errorf("the framework %q cannot be registered: it has no title, no marks or no roles", f.Name())
		}
		r.all = append(r.all, registered(f))
	}
	if len(r.all) == 0 {
		return nil, errors.New("a registry needs a framework")
	}
	return r, nil
}

// Names are the frameworks' names, sorted.
func (r *Registry) Names() []string {
	var names []string
	for _, f := range r.all {
		names = append(names, f.Name())
	}
	slices.Sort(names)
	return names
}

// Find gives the framework with that name.
func (r *Registry) Find(name string) (Registered, bool) {
	i := slices.IndexFunc(r.all, func(f Registered) bool { return f.Name() == name })
	if i < 0 {
		return Registered{}, false
	}
	return r.all[i], true
}

// ReadDir reads a kit from its folder, the one that holds startup/ and local/. What is
// wrong with it is a *kit.FieldError.
func (r *Registry) ReadDir(fsys fs.FS) (*kit.Kit, error) {
	content, err := kit.ReadDir(fsys, r.marks())
	if err != nil {
		return nil, err
	}
	return r.Read(content)
}

// FromSecret reads a kit out of the data of a kit Secret. Its Local is nil: local/ is
// a ConfigMap.
func (r *Registry) FromSecret(data map[string][]byte) (*kit.Kit, error) {
	content, err := kit.FromSecretData(data)
	if err != nil {
		return nil, err
	}
	return r.Read(content)
}

// Read has the content of a kit read by the one framework that recognises it.
func (r *Registry) Read(content *kit.Content) (*kit.Kit, error) {
	f, err := r.recognise(content.Startup)
	if err != nil {
		return nil, err
	}
	k, err := f.Read(content)
	if err != nil {
		return nil, err
	}
	if err := checkRead(f, k); err != nil {
		return nil, err
	}
	return k, nil
}

func (r *Registry) recognise(startup kit.Files) (Framework, error) {
	var found []Registered
	for _, f := range r.all {
		if f.Recognise(startup) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 1:
		return found[0].Framework, nil
	case 0:
		return nil, r.unknown()
	}
	return nil, &kit.FieldError{
		File: kit.StartupDir, Problem: fmt.Sprintf("looks like a kit of %s and of %s", found[0].Title(), found[1].Title()),
		Fix: "a kit belongs to one framework: " + kit.AsProvisioned,
	}
}

// unknown says which frameworks there are and what was looked for.
func (r *Registry) unknown() error {
	var looked []string
	for _, f := range r.all {
		looked = append(looked, fmt.Sprintf("%s (%s)", f.Title(), strings.Join(f.Marks(), ", ")))
	}
	return &kit.FieldError{
		File: kit.StartupDir, Problem: "holds no file by which a kit is known of " + strings.Join(looked, " or "),
		Fix: kit.AsProvisioned,
	}
}

func (r *Registry) marks() []string {
	var marks []string
	for _, f := range r.all {
		marks = append(marks, f.Marks()...)
	}
	return marks
}

// checkRead makes sure that the framework has said what all kits must say.
func checkRead(f Framework, k *kit.Kit) error {
	switch {
	case k.Framework != f.Name(), k.Participant == "", k.Federation == "", k.KeyFingerprint == "":
		return fmt.Errorf("the framework %s read a kit without its name, participant, federation or key: this is a mistake in kubectl-flare", f.Name())
	case !slices.Contains(f.Roles(), k.Role):
		return &kit.FieldError{File: k.Paths.Configuration, Problem: fmt.Sprintf("has the role %s, which %s has not", kit.Quote(string(k.Role)), f.Title()), Fix: kit.AsProvisioned}
	case (k.Certificate == nil) != (k.Root == nil):
		return fmt.Errorf("the framework %s read a certificate without a root: this is a mistake in kubectl-flare", f.Name())
	}
	return nil
}
