package scenario

import (
	"context"
	"os"
	"path/filepath"
)

// otherStudy binds the data of the first site to a study.
const otherStudy = `[{"op": "add", "path": "/spec/data/0/studies", "value": ["cancer"]}]`

// BindData has the policy of the first site allow its data to jobs of another study alone.
func (g *Governed) BindData(ctx context.Context) error {
	_, err := Must(ctx, g.Say, g.Kubectl, "patch", "sitepolicy", g.Site1Namespace(), "--type=json", "--patch", otherStudy)
	return err
}

// restricted are the settings of a site that runs no code of jobs, and jobs of one privacy scope.
func restricted() map[string]string {
	return map[string]string{
		"authorization.json": `{"format_version": "1.0", "permissions": {"project_admin": {"submit_job": "any", "byoc": "none"}}}`,
		"privacy.json":       `{"scopes": [{"name": "private"}], "default_scope": "private"}`,
	}
}

// Restrict has the policy of the first site require such settings, and launches the site with
// them and without data.
func (g *Governed) Restrict(ctx context.Context) error {
	const rules = `{"spec": {"privacy": {"customCode": "Deny", "scopes": {"allowed": ["private"], "default": "private"}}}}`
	if _, err := Must(ctx, g.Say, g.Kubectl, "patch", "sitepolicy", g.Site1Namespace(), "--type=merge", "--patch", rules); err != nil {
		return err
	}
	local := filepath.Join(g.Kit(Site1), "local")
	if err := os.Remove(filepath.Join(local, "study_runtime.yaml")); err != nil {
		return err
	}
	for name, content := range restricted() {
		if err := writeFile(filepath.Join(local, name), content); err != nil {
			return err
		}
	}
	return g.RunJobPods(ctx, g.Parents()[1])
}

// RestrictedJobs are those that NVFLARE itself denies with such settings.
func RestrictedJobs() []DeniedJob {
	return []DeniedJob{
		{Name: "another scope", Meta: map[string]any{"scope": "public"}, Want: "privacy scope 'public' is not allowed", AtServer: true},
		{Name: "custom code", Files: map[string]string{"site-1/custom/own.py": "pass\n"}, Want: "site-1: BYOC not permitted", AtServer: true},
	}
}

func writeFile(name, content string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(content), 0o600)
}
