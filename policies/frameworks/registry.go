package frameworks

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Registered is a framework with its capabilities; those that it lacks are nil.
type Registered struct {
	Framework
	Checker         Checker
	SettingsChecker SettingsChecker
	SettingsReader  SettingsReader
	ScopeReader     ScopeReader
	CodeReader      CodeReader
	DeviceReader    DeviceReader
	StudyReader     StudyReader
	NativeSigner    NativeSigner
	Versioned       Versioned
	RootKeeper      RootKeeper
	Provisioner     Provisioner
	Adopter         Adopter
	Partitioner     Partitioner
}

// Registry is a set of frameworks. It never changes.
type Registry struct{ all []Registered }

// Default has the frameworks that kubectl-flare supports.
func Default() *Registry {
	return &Registry{all: []Registered{registered(nvflare.Framework{}), registered(flower.Framework{})}}
}

func registered(f Framework) Registered {
	r := Registered{Framework: f}
	r.Checker, _ = f.(Checker)
	r.SettingsChecker, _ = f.(SettingsChecker)
	r.SettingsReader, _ = f.(SettingsReader)
	r.ScopeReader, _ = f.(ScopeReader)
	r.CodeReader, _ = f.(CodeReader)
	r.DeviceReader, _ = f.(DeviceReader)
	r.StudyReader, _ = f.(StudyReader)
	r.NativeSigner, _ = f.(NativeSigner)
	r.Versioned, _ = f.(Versioned)
	r.RootKeeper, _ = f.(RootKeeper)
	r.Provisioner, _ = f.(Provisioner)
	r.Adopter, _ = f.(Adopter)
	r.Partitioner, _ = f.(Partitioner)
	return r
}

// nameForm is a DNS label (RFC 1123), since names are values of labels.
var nameForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// NewRegistry makes a registry. It rejects names that are not DNS labels, duplicate names,
// and frameworks without a title, marks or roles.
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

// Find returns the framework with this name.
func (r *Registry) Find(name string) (Registered, bool) {
	i := slices.IndexFunc(r.all, func(f Registered) bool { return f.Name() == name })
	if i < 0 {
		return Registered{}, false
	}
	return r.all[i], true
}

// ReadDir reads a kit from its folder, which contains startup/ and local/. If the kit is
// invalid, the error is a *kit.FieldError.
func (r *Registry) ReadDir(fsys fs.FS) (*kit.Kit, error) {
	content, err := kit.ReadDir(fsys, r.marks())
	if err != nil {
		return nil, r.loose(fsys, err)
	}
	return r.Read(content)
}

// FromSecret reads a kit from the data of a kit Secret. Its Local is nil, since local/ is
// in a ConfigMap.
func (r *Registry) FromSecret(data map[string][]byte) (*kit.Kit, error) {
	content, err := kit.FromSecretData(data)
	if err != nil {
		return nil, err
	}
	return r.Read(content)
}

// Read reads the content of a kit with the framework that recognises it.
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

// unknown is the error of a kit that no framework recognises.
func (r *Registry) unknown() error {
	var known []string
	for _, f := range r.all {
		known = append(known, fmt.Sprintf("%s (%s)", f.Title(), strings.Join(f.Marks(), ", ")))
	}
	return &kit.FieldError{
		File: kit.StartupDir, Problem: "contains no configuration file of " + strings.Join(known, " or "),
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

// checkRead checks that the framework has set the fields that all kits must have.
func checkRead(f Framework, k *kit.Kit) error {
	switch {
	case k.Framework != f.Name(), k.Participant == "", k.Federation == "", k.KeyFingerprint == "":
		return fmt.Errorf("the framework %s read a kit without its name, participant, federation or key: this is a bug in kubectl-flare", f.Name())
	case !slices.Contains(f.Roles(), k.Role):
		return &kit.FieldError{File: k.Paths.Configuration, Problem: fmt.Sprintf("has the role %s, which %s does not have", kit.Quote(string(k.Role)), f.Title()), Fix: kit.AsProvisioned}
	case (k.Certificate == nil) != (k.Root == nil):
		return fmt.Errorf("the framework %s read a certificate without a root: this is a bug in kubectl-flare", f.Name())
	}
	return nil
}
