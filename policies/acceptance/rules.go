package acceptance

import (
	"crypto/ecdsa"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Rules say which kits are genuine, and for which participants. They are compiled once
// and never change. Fingerprints, serial numbers and keys are parsed, so that they can
// be compared.
type Rules struct {
	registry *frameworks.Registry
	// root is the fingerprint of a root to which the kit must belong in addition to the
	// other rules. If it is "", any root will do.
	root string
	// site has the rules of a SitePolicy. It is nil if none is given.
	site *site
}

// site is what a SitePolicy says about kits.
type site struct {
	roots        map[string]bool
	sealers      []sealer
	native       bool
	participants []string
	// frameworks are those that the policy admits; nil for all.
	frameworks    []string
	minimumSerial map[string]int64
	claims        []string
	// locals are the participants for whom the policy lists a local/, by its digest.
	locals map[string][]string
	// required is what the policy requires of settings.
	required *requirements.List
	// rules says that the policy has rules of its own, studies that it has data for studies.
	rules, studies bool
	// revoked serials of certificates, fingerprints of keys and digests of kits.
	serials, keys, kits map[string]bool
}

// sealer is a key of the site.
type sealer struct {
	name string
	key  *ecdsa.PublicKey
}

// Pinned makes the rules for users who have no SitePolicy: the kit must belong to the
// root with this fingerprint, in a form that pki.ParseFingerprint reads. If root is "",
// anyone may have made the kit, and a finding says so.
func Pinned(registry *frameworks.Registry, root string) (*Rules, error) {
	return (&Rules{registry: registry}).Pin(root)
}

// Pin returns rules that also require this root, unless it is "".
func (r *Rules) Pin(root string) (*Rules, error) {
	pinned := *r
	if root == "" {
		return &pinned, nil
	}
	var err error
	pinned.root, err = pki.ParseFingerprint(root)
	return &pinned, err
}

// Registry has the frameworks whose kits the rules can evaluate.
func (r *Rules) Registry() *frameworks.Registry { return r.registry }

// Compile makes the rules of what a SitePolicy says about kits and their settings. The policy must have
// its defaults, and is not changed. A value that cannot be parsed is an error with its
// field, since a revocation that cannot be parsed would revoke nothing.
func Compile(registry *frameworks.Registry, spec *v1alpha1.SitePolicySpec) (*Rules, field.ErrorList) {
	c := &compiler{at: field.NewPath("spec", "kits")}
	kits := &spec.Kits
	s := &site{
		roots: map[string]bool{}, native: kits.Signature == v1alpha1.SignatureSealOrNative,
		participants: slices.Clone(spec.Participants), minimumSerial: maps.Clone(kits.MinimumSerial), claims: slices.Clone(kits.Claims),
	}
	for _, one := range spec.Frameworks {
		s.frameworks = append(s.frameworks, one.Name)
	}
	for i, root := range kits.TrustRoots {
		at := c.at.Child("trustRoots").Index(i).Child("sha256")
		s.roots[c.parsed(at, root.SHA256, pki.ParseFingerprint)] = true
	}
	for i, one := range kits.Sealers {
		key, err := pki.ParseP256PublicKey([]byte(one.PublicKey))
		if err != nil {
			c.errs = append(c.errs, field.Invalid(c.at.Child("sealers").Index(i).Child("publicKey"), one.Name, err.Error()))
		}
		s.sealers = append(s.sealers, sealer{one.Name, key})
	}
	s.locals = make(map[string][]string, len(kits.Local))
	for i, one := range kits.Local {
		digest := c.parsed(c.at.Child("local").Index(i).Child("digest"), one.Digest, pki.ParseFingerprint)
		s.locals[digest] = append(s.locals[digest], one.Participant)
	}
	revoked := c.at.Child("revoked")
	s.serials = c.set(revoked.Child("certificateSerials"), kits.Revoked.CertificateSerials, pki.ParseSerial)
	s.keys = c.set(revoked.Child("keys"), kits.Revoked.Keys, pki.ParseFingerprint)
	s.kits = c.set(revoked.Child("kits"), kits.Revoked.Kits, pki.ParseFingerprint)
	required, errs := requirements.Compile(registry, spec)
	s.required, s.rules = required, len(spec.Rules) > 0
	s.studies = slices.ContainsFunc(spec.Data, func(d v1alpha1.DataRule) bool { return len(d.Studies) > 0 })
	if errs = append(c.errs, errs...); len(errs) > 0 {
		return nil, errs
	}
	return &Rules{registry: registry, site: s}, nil
}

// compiler collects the errors.
type compiler struct {
	at   *field.Path
	errs field.ErrorList
}

func (c *compiler) parsed(at *field.Path, text string, parse func(string) (string, error)) string {
	value, err := parse(text)
	if err != nil {
		c.errs = append(c.errs, field.Invalid(at, text, err.Error()))
	}
	return value
}

func (c *compiler) set(at *field.Path, values []string, parse func(string) (string, error)) map[string]bool {
	set := make(map[string]bool, len(values))
	for i, text := range values {
		set[c.parsed(at.Index(i), text, parse)] = true
	}
	return set
}

// sealerNames are the names of the site's sealers, for messages.
func (s *site) sealerNames() string {
	var all []string
	for _, one := range s.sealers {
		all = append(all, kit.Quote(one.name))
	}
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
