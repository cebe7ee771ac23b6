package kit

import (
	"errors"
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/trust"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// maxPolicy is what the API server takes in one object, about.
const maxPolicy = 2 << 20

// readTrust reads what the SitePolicy in a file says about kits.
func readTrust(file string) (*kit.Trust, error) {
	data, err := readFile(file, maxPolicy)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	policy := &v1alpha1.SitePolicy{}
	// Strict: a misspelt field would be trust that nobody asked for.
	if err := yaml.UnmarshalStrict(data, policy); err != nil {
		return nil, fmt.Errorf("--policy: %s is not a good SitePolicy: %w", file, err)
	}
	if policy.APIVersion != apiVersion || policy.Kind != "SitePolicy" {
		return nil, fmt.Errorf("--policy: %s holds a %q of %q; give one SitePolicy of %s", file, policy.Kind, policy.APIVersion, apiVersion)
	}
	v1alpha1.SetDefaults(policy)
	t := trust.Of(&policy.Spec)
	return &t, nil
}

// readFile reads a whole file of a bounded size. Keys come this way too, so its
// errors never hold content.
func readFile(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", file, reason(err))
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", file, reason(err))
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s is larger than %d bytes: %w", file, most, errTooLarge)
	}
	return data, nil
}

var errTooLarge = errors.New("this cannot be the right file")
