// Package samples has SitePolicies to begin with. Each is in a folder of its name, with
// tests for `kubectl flare policy test` beside it.
package samples

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

//go:embed */sitepolicy.yaml
var files embed.FS

// Names are the names of the samples, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // what is embedded can be read, in the order of names
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// Read returns a sample, without defaults. The caller may change it.
func Read(name string) (*v1alpha1.SitePolicy, error) {
	data, err := files.ReadFile(path.Join(name, "sitepolicy.yaml"))
	if err != nil {
		return nil, fmt.Errorf("there is no sample %q: use one of %s", name, strings.Join(Names(), ", "))
	}
	policy := &v1alpha1.SitePolicy{}
	if err := yaml.UnmarshalStrict(data, policy); err != nil {
		return nil, fmt.Errorf("the sample %s: %w", name, err)
	}
	return policy, nil
}
