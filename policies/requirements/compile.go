package requirements

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Compile makes the list of a policy that v1alpha1.Validate has accepted.
func Compile(registry *frameworks.Registry, spec *v1alpha1.SitePolicySpec) (*List, field.ErrorList) {
	c := &compiler{registry: registry, spec: spec, at: field.NewPath("spec"), privacy: &v1alpha1.PrivacyRules{}}
	if spec.Privacy != nil {
		c.privacy = spec.Privacy
	}
	c.kinds()
	c.scopes()
	c.customCode()
	c.settings()
	c.devices()
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	return &List{slices.DeleteFunc(c.list.all, func(k kind) bool { return len(k.required)+len(k.unknown) == 0 })}, nil
}

// compiler collects requirements and errors.
type compiler struct {
	registry *frameworks.Registry
	spec     *v1alpha1.SitePolicySpec
	privacy  *v1alpha1.PrivacyRules
	at       *field.Path
	list     List
	errs     field.ErrorList
}

// kinds makes an entry for every kind of participants that the policy admits and that has
// settings. Of a framework whose settings are not known, that is every role.
func (c *compiler) kinds() {
	for _, name := range c.registry.Names() {
		if c.listed(name) < 0 && len(c.spec.Frameworks) > 0 {
			continue
		}
		f, _ := c.registry.Find(name)
		roles := f.Roles()
		if f.SettingsReader != nil {
			roles = f.SettingsReader.SettingsRoles()
		}
		for _, role := range roles {
			c.list.all = append(c.list.all, kind{framework: f, role: role})
		}
	}
}

// listed is the index of a framework in spec.frameworks, -1 if it is not there.
func (c *compiler) listed(name string) int {
	return slices.IndexFunc(c.spec.Frameworks, func(f v1alpha1.FrameworkRule) bool { return f.Name == name })
}

// unknown records that a framework cannot comply with a field. It is an error if the policy
// names the framework; otherwise, its participants are denied.
func (c *compiler) unknown(k *kind, at *field.Path) {
	name := k.framework.Name()
	if i := c.listed(name); i >= 0 {
		err := field.Invalid(at, name, k.framework.Title()+" is in spec.frameworks, but the field has no meaning for it")
		if !slices.ContainsFunc(c.errs, func(e *field.Error) bool { return e.Field == err.Field }) {
			c.errs = append(c.errs, err)
		}
		return
	}
	k.unknown = append(k.unknown, at.String())
}

func (c *compiler) customCode() {
	at := c.at.Child("privacy", "customCode")
	rule := c.privacy.CustomCode
	if rule == "" || rule == v1alpha1.CustomCodeAllow {
		return
	}
	for i := range c.list.all {
		k := &c.list.all[i]
		reader := k.framework.CodeReader
		if reader == nil {
			c.unknown(k, at)
			continue
		}
		required := reader.RequiresSigned()
		if rule == v1alpha1.CustomCodeDeny {
			required = reader.ForbidsCode()
		}
		for _, r := range required {
			r.Field = at.String()
			k.required = append(k.required, r)
		}
	}
}

// devices limits the devices that a participant offers to jobs by those that its pods may
// have. If spec.resources.max limits anything, devices that it does not list are denied.
func (c *compiler) devices() {
	if len(c.spec.Resources.Max) == 0 {
		return
	}
	var most float64
	for name, amount := range c.spec.Resources.Max {
		if device(name) {
			most += amount.AsApproximateFloat64()
		}
	}
	for i := range c.list.all {
		k := &c.list.all[i]
		if reader := k.framework.DeviceReader; reader != nil {
			k.required = append(k.required, settings.Requirement{Path: reader.DevicesPath(), Max: &most, Optional: true, Field: c.at.Child("resources", "max").String()})
		}
	}
}

// device says whether a resource is an extended resource, whose name begins with a domain.
func device(name corev1.ResourceName) bool { return strings.Contains(string(name), "/") }
