package policies

import (
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
)

// Catalog is what policies are compiled with: the profiles of all frameworks, the
// checks, and the environment of CEL. A program makes one when it starts.
type Catalog struct {
	tools  compiled.Tools
	checks *checks.Registry
}

// NewCatalog makes a catalog of profiles, frameworks and checks.
func NewCatalog(known *profiles.Registry, kits *frameworks.Registry, all *checks.Registry) (*Catalog, error) {
	if known == nil || kits == nil || all == nil {
		return nil, errors.New("a catalog needs profiles, frameworks and checks")
	}
	return &Catalog{tools: compiled.Tools{Profiles: known, Frameworks: kits, Rules: rules.NewCompiler()}, checks: all}, nil
}

// In is the catalog for the policies of a cluster.
func (c *Catalog) In(cluster compiled.Cluster) *Catalog {
	tools := c.tools
	tools.Cluster = cluster
	return &Catalog{tools: tools, checks: c.checks}
}

// DefaultCatalog has the frameworks and checks of this version.
func DefaultCatalog() (*Catalog, error) {
	known, err := DefaultProfiles()
	if err != nil {
		return nil, err
	}
	return CatalogOf(known, frameworks.Default())
}

// CatalogOf has the checks of this version, and the given profiles and frameworks.
func CatalogOf(known *profiles.Registry, kits *frameworks.Registry) (*Catalog, error) {
	all, err := checks.NewRegistry(checks.All()...)
	if err != nil {
		return nil, err
	}
	return NewCatalog(known, kits, all)
}

// DefaultProfiles has the profiles of this version's frameworks. No other code
// imports them.
func DefaultProfiles() (*profiles.Registry, error) {
	return profiles.NewRegistry(nvflare.Profile{}, flower.Profile{})
}

// Profiles are the catalog's profiles.
func (c *Catalog) Profiles() *profiles.Registry { return c.tools.Profiles }
