package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// privacyRules are the privacy rules that the first site gets: jobs belong to one scope, whose
// results pass through a filter with a bound on its epsilon.
const privacyRules = `{"spec": {"privacy": {"scopes": {"allowed": ["private"], "default": "private", "requiredFilters": [
  {"scope": "private", "direction": "out", "filter": "SVTPrivacy", "arguments": [{"name": "epsilon", "max": "1"}]}]}}}}`

// Scope is privacy.json of the first site: the filters of its one scope. Want is what the site's
// administrators read where the policy denies it, "" where it does not.
type Scope struct{ Name, Filters, Want string }

// Scopes are two that the rules deny, and one that meets them.
func Scopes() []Scope {
	filter := func(epsilon string) string {
		return `{"path": "nvflare.app_common.filters.svt_privacy.SVTPrivacy", "args": {"epsilon": ` + epsilon + `}}`
	}
	return []Scope{
		{"a scope without its filter", "", "SVTPrivacy"},
		{"a filter with too large an epsilon", filter("5"), "epsilon"},
		{"a filter within its bounds", filter("0.5"), ""},
	}
}

// RequirePrivacy adds privacy rules to the policy of the first site.
func (g *Governed) RequirePrivacy(ctx context.Context) error {
	_, err := Must(ctx, g.Say, g.Kubectl, "patch", "sitepolicy", g.Site1Namespace(), "--type=merge", "--patch", privacyRules)
	return err
}

// TryScope seals the settings of the first site with this scope and launches the site again, with
// jobs in pods or not. It gives what launch said if it was denied, as it must be.
func (g *Governed) TryScope(ctx context.Context, s Scope, pods bool) (string, error) {
	text := fmt.Sprintf(`{"scopes": [{"name": "private", "task_result_filters": [%s]}], "default_scope": "private"}`, s.Filters)
	if err := os.WriteFile(filepath.Join(g.Kit(Site1), "local", "privacy.json"), []byte(text), 0o600); err != nil {
		return "", err
	}
	seal := []string{"kit", "seal", "--local", g.Kit(Site1), "--key", g.sealer("sealer.key"), "--cert", g.sealer("sealer.crt")}
	launch := []string{"launch", g.Kit(Site1), "-n", g.Site1Namespace(), "--root-fingerprint", g.Root, "--image", g.Image}
	if pods {
		seal = append(seal, "--job-runtime=pod", "--job-image", g.Image, "-n", g.Site1Namespace())
		launch = append(launch, "--job-runtime=pod")
	}
	if _, err := g.Run(ctx, seal...); err != nil {
		return "", err
	}
	if s.Want == "" {
		return g.Run(ctx, launch...)
	}
	g.show(launch)
	r, err := Run(ctx, g.Say, append([]string{g.Flare}, launch...)...)
	if err == nil && (r.Code == 0 || !strings.Contains(r.Stderr, s.Want)) {
		err = fmt.Errorf("%s: exit code %d, and %q is not in %s", s.Name, r.Code, s.Want, r.Stderr)
	}
	return r.Stderr, err
}
