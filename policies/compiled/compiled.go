// Package compiled has SitePolicies in the form that is used to evaluate requests: valid,
// with defaults, and with an index for every look-up, so that evaluations are equally
// fast with long policies.
package compiled

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Policy is a compiled SitePolicy. It does not change, and any number of
// evaluations may share it.
type Policy struct {
	source   *v1alpha1.SitePolicy
	profiles *profiles.Registry

	// Images are the images that participants may run.
	Images Images

	podSecurity  []psa.CheckPodFn
	participants map[string]Participant
	launchers    launchers
	claims       map[string]claim
	// volumes are the indexes of spec.data by PersistentVolume.
	volumes    map[string]int
	sealers    map[string]int
	frameworks map[string]versions
	placement  placement
	maxima     []Maximum
	egress     egress
	cluster    Cluster
	rules      *rules.Set
}

// Tools are what all policies of a program are compiled with.
type Tools struct {
	Profiles *profiles.Registry
	// Frameworks are those whose settings a policy can require.
	Frameworks *frameworks.Registry
	// Cluster is the one that the policies are for.
	Cluster Cluster
	// Rules compiles the rules in CEL.
	Rules *rules.Compiler
}

// New compiles a copy of a SitePolicy. If the SitePolicy is invalid, it returns all
// errors, by field, and no Policy.
func New(source *v1alpha1.SitePolicy, tools Tools) (*Policy, field.ErrorList) {
	p := &Policy{source: source.DeepCopy(), profiles: tools.Profiles, cluster: tools.Cluster.withDefaults()}
	v1alpha1.SetDefaults(p.source)
	if errs := append(v1alpha1.Validate(p.source), p.unregistered()...); len(errs) > 0 {
		return nil, errs
	}
	// Package acceptance evaluates them; here, they only must be valid.
	if _, errs := requirements.Compile(tools.Frameworks, &p.source.Spec); len(errs) > 0 {
		return nil, errs
	}
	spec := &p.source.Spec
	p.profiles = tools.Profiles.At(spec.Workspace.MountPath)
	p.Images = newImages(spec.Images.Allowed)
	p.addParticipants()
	p.addLaunchers()
	p.addClaims()
	p.addSealers()
	p.addFrameworks()
	p.addPlacement()
	p.addEgress()
	p.addMaxima()
	errs := p.addPodSecurity()
	if errs = append(errs, p.addRules(tools.Rules)...); len(errs) > 0 {
		return nil, errs
	}
	return p, nil
}

// Name is the SitePolicy's name.
func (p *Policy) Name() string { return p.source.Name }

// Source is the SitePolicy with its defaults. It must not be changed.
func (p *Policy) Source() *v1alpha1.SitePolicy { return p.source }

// Spec is the spec of Source.
func (p *Policy) Spec() *v1alpha1.SitePolicySpec { return &p.source.Spec }

// LooksForKeys says whether pods that are no participants may run, and could have key
// material of a pinned root.
func (p *Policy) LooksForKeys() bool {
	return p.source.Spec.OtherPods == v1alpha1.OtherPodsIsolated && len(p.source.Spec.Kits.TrustRoots) > 0
}

// Profiles are the profiles that the policy was compiled with.
func (p *Policy) Profiles() *profiles.Registry { return p.profiles }

// addSealers parses the keys of the site, which are already validated.
func (p *Policy) addSealers() {
	p.sealers = make(map[string]int, len(p.source.Spec.Kits.Sealers))
	for i, s := range p.source.Spec.Kits.Sealers {
		if key, err := pki.ParseP256PublicKey([]byte(s.PublicKey)); err == nil {
			p.sealers[pki.KeyFingerprint(key)] = i
		}
	}
}

// Sealer is the index of the policy's entry for the key with this fingerprint, or -1 if
// there is none.
func (p *Policy) Sealer(fingerprint string) int {
	if i, ok := p.sealers[fingerprint]; ok && fingerprint != "" {
		return i
	}
	return -1
}
