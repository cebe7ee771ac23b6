package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// policyRules reads the rules for kits from the SitePolicy in a file. A policy that the API
// server would reject is an error.
func policyRules(ctx context.Context, registry *frameworks.Registry, file string) (*acceptance.Rules, error) {
	policy, err := source.Policy(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	v1alpha1.SetDefaults(policy)
	rules, errs := acceptance.Compile(registry, &policy.Spec)
	if err := errs.ToAggregate(); err != nil {
		return nil, fmt.Errorf("--policy: the SitePolicy %q in %s is invalid: %w", policy.Name, file, err)
	}
	return rules, nil
}

// readFile reads a file of a bounded size. It reads keys too, so its errors never contain
// content.
func readFile(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", file, kit.WithoutPath(err))
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", file, kit.WithoutPath(err))
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s is larger than %d bytes: %w", file, most, errTooLarge)
	}
	return data, nil
}

var errTooLarge = errors.New("this cannot be the right file")
