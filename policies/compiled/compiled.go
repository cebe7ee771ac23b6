// Package compiled holds a SitePolicy in the form that requests are evaluated
// against: valid, with its defaults, and with an index of everything that a
// request looks up, so that no evaluation costs more because a policy is long.
package compiled

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Policy is a compiled SitePolicy. It does not change, and any number of
// evaluations may share it.
type Policy struct {
	source    *v1alpha1.SitePolicy
	profiles  *profiles.Registry
	standards psa.Evaluator

	// Images are those that participants may run.
	Images Images

	podSecurity  psapi.LevelVersion
	participants map[string]Participant
	byLabel      map[string]string
	claims       map[string]claim
	sealers      map[string]int
	frameworks   map[string]versions
}

// Tools are what every policy of a program is compiled with.
type Tools struct {
	Profiles *profiles.Registry
	// Standards are the tables of the Pod Security Standards.
	Standards psa.Evaluator
}

// New compiles a policy. It says all that is wrong with it, by field; the Policy is
// nil then. The SitePolicy is copied.
func New(source *v1alpha1.SitePolicy, tools Tools) (*Policy, field.ErrorList) {
	p := &Policy{source: source.DeepCopy(), profiles: tools.Profiles, standards: tools.Standards}
	v1alpha1.SetDefaults(p.source)
	if errs := append(v1alpha1.Validate(p.source), p.unregistered()...); len(errs) > 0 {
		return nil, errs
	}
	spec := &p.source.Spec
	p.Images = newImages(spec.Images.Allowed)
	p.addParticipants()
	p.addClaims()
	p.addSealers()
	p.addFrameworks()
	if errs := p.addPodSecurity(); len(errs) > 0 {
		return nil, errs
	}
	return p, nil
}

// Name is the SitePolicy's name.
func (p *Policy) Name() string { return p.source.Name }

// Source is the SitePolicy with its defaults. It must not be changed.
func (p *Policy) Source() *v1alpha1.SitePolicy { return p.source }

// Spec is that of Source.
func (p *Policy) Spec() *v1alpha1.SitePolicySpec { return &p.source.Spec }

// Profiles are the profiles that the policy was compiled with.
func (p *Policy) Profiles() *profiles.Registry { return p.profiles }

// addSealers parses the keys of the site. Validation has read them already.
func (p *Policy) addSealers() {
	p.sealers = make(map[string]int, len(p.source.Spec.Kits.Sealers))
	for i, s := range p.source.Spec.Kits.Sealers {
		if key, err := pki.ParseP256PublicKey([]byte(s.PublicKey)); err == nil {
			p.sealers[pki.KeyFingerprint(key)] = i
		}
	}
}

// Sealer is the index of the policy's entry of the key with that fingerprint, -1 if
// there is none.
func (p *Policy) Sealer(fingerprint string) int {
	if i, ok := p.sealers[fingerprint]; ok && fingerprint != "" {
		return i
	}
	return -1
}
