package source

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Policy reads the one SitePolicy of a file, without defaults. The file may contain other
// objects too.
//
// The error for a policy that the API server would reject names the file, the document and
// every field. An unknown field and a second SitePolicy are errors too.
func Policy(ctx context.Context, file string) (*v1alpha1.SitePolicy, error) {
	files := &Files{}
	files.Filenames = []string{file}
	return files.policy(ctx, strings.NewReader(""))
}

func (f *Files) policy(ctx context.Context, stdin io.Reader) (*v1alpha1.SitePolicy, error) {
	name := f.Filenames[0]
	var found *v1alpha1.SitePolicy
	err := f.Visit(ctx, stdin, func(o Object) error {
		p, ok := o.Typed.(*v1alpha1.SitePolicy)
		switch {
		case !ok:
			return nil
		case found != nil:
			return fmt.Errorf("%s contains several SitePolicies: give a file with one", name)
		}
		found = p
		if err := v1alpha1.Validate(p).ToAggregate(); err != nil {
			return fmt.Errorf("%s: SitePolicy %q is invalid: %w", o.Place, p.Name, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("%s contains no SitePolicy of %s", name, v1alpha1.GroupVersion())
	}
	return found, nil
}
