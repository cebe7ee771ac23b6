package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Runner runs PolicyTests with the evaluator of the webhook.
type Runner struct {
	Catalog    *policies.Catalog
	Frameworks *frameworks.Registry
	Now        time.Time
}

// Result is what came of one case.
type Result struct {
	Name string `json:"name"`
	// Verdict is the verdict, and Expected the one that was expected.
	Verdict  string `json:"verdict"`
	Expected string `json:"expected"`
	// Passed says that the verdict and all messages are as expected. Problems say what is
	// not.
	Passed   bool     `json:"passed"`
	Problems []string `json:"problems,omitempty"`
	// Messages are those of the verdict.
	Messages []string `json:"messages,omitempty"`
}

// controller creates pods unless a case names a user.
const controller = "system:serviceaccount:kube-system:replicaset-controller"

// Run runs all cases of a PolicyTest. name is its file.
func (r *Runner) Run(ctx context.Context, name string, test *PolicyTest) ([]Result, error) {
	dir := filepath.Dir(name)
	snapshot, err := r.snapshot(ctx, dir, test)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	results := make([]Result, 0, len(test.Cases))
	for i := range test.Cases {
		c := &test.Cases[i]
		decision, err := c.decide(ctx, dir, snapshot)
		if err != nil {
			return nil, fmt.Errorf("%s: case %q: %w", name, c.Name, err)
		}
		results = append(results, c.Expect.compare(c.Name, decision))
	}
	return results, nil
}

func (r *Runner) snapshot(ctx context.Context, dir string, test *PolicyTest) (*offline.Snapshot, error) {
	policy, err := source.Policy(ctx, filepath.Join(dir, test.Policy))
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	site, errs := policies.Compile(policy, r.Catalog)
	if err := errs.ToAggregate(); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	s := offline.New(r.Catalog, r.Frameworks, test.Namespace, r.Now, nil)
	s.Governing, s.Kits, s.Locals = site, map[string]*policies.KitFact{}, map[string]policies.LocalFact{}
	for i := range test.Kits {
		k := &test.Kits[i]
		if s.Kits[k.SecretName], err = k.fact(site.Source(), r.Now); err != nil {
			return nil, fmt.Errorf("kits[%d]: %w", i, err)
		}
		if k.LocalName != "" {
			if s.Locals[k.LocalName], err = k.local(r.Frameworks, site.Source()); err != nil {
				return nil, fmt.Errorf("kits[%d].local: %w", i, err)
			}
		}
	}
	return s, nil
}

func (c *Case) decide(ctx context.Context, dir string, s *offline.Snapshot) (policies.Decision, error) {
	object, err := c.Object.read(ctx, dir)
	if err != nil {
		return policies.Decision{}, err
	}
	user := c.User
	if user == "" {
		user = controller
	}
	object.Namespace = s.Namespace
	review, err := s.Review(object, user, true)
	switch {
	case err != nil:
		return policies.Decision{}, err
	case review.NotEvaluated != "":
		return policies.Decision{}, fmt.Errorf("the object is not evaluated: %s", review.NotEvaluated)
	}
	return review.Evaluate(), nil
}

// read reads the object and patches it. What results is decoded as strictly as a file.
func (o *Object) read(ctx context.Context, dir string) (source.Object, error) {
	data := []byte(o.Is)
	if o.File != "" {
		typed, err := one(ctx, filepath.Join(dir, o.File), nil)
		if err != nil {
			return source.Object{}, err
		}
		if data, err = json.Marshal(typed.Typed); err != nil {
			return source.Object{}, err
		}
	}
	if o.Patch != nil {
		patch, err := jsonpatch.DecodePatch(o.Patch)
		if err != nil {
			return source.Object{}, fmt.Errorf("object.patch: %w", err)
		}
		if data, err = patch.Apply(data); err != nil {
			return source.Object{}, fmt.Errorf("object.patch: %w", err)
		}
	}
	return one(ctx, source.Stdin, data)
}

// one reads the one object of a file, or of data.
func one(ctx context.Context, name string, data []byte) (source.Object, error) {
	files := source.Files{}
	files.Filenames = []string{name}
	all, err := files.All(ctx, bytes.NewReader(data))
	switch {
	case err != nil:
		return source.Object{}, fmt.Errorf("object: %w", err)
	case len(all) != 1 || all[0].Typed == nil:
		return source.Object{}, fmt.Errorf("object: %s must have one object, of a kind that SitePolicies cover", name)
	}
	return all[0], nil
}

func (e *Expect) compare(name string, d policies.Decision) Result {
	r := Result{Name: name, Verdict: d.AuditAnnotations[policies.AuditVerdict], Expected: e.Verdict}
	if len(d.Results) > 0 {
		r.Messages = strings.Split(d.Message(), "\n")
	}
	if r.Verdict != e.Verdict {
		r.Problems = append(r.Problems, fmt.Sprintf("the verdict is %s, want %s", r.Verdict, e.Verdict))
	}
	for _, pattern := range e.Messages {
		form, err := regexp.Compile(pattern)
		if err != nil || !slices.ContainsFunc(r.Messages, form.MatchString) {
			r.Problems = append(r.Problems, fmt.Sprintf("no message matches %q", pattern))
		}
	}
	r.Passed = len(r.Problems) == 0
	return r
}
