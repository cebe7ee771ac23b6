package engine

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// create writes a Secret. Server-side apply would return what an existing one holds, also in
// a dry run, so users would need a permission that reads Secrets. A kit's name contains the
// digest of its content: one that exists is the same, and the webhook verifies it.
func (o *object) create(ctx context.Context, dryRun ...string) (*unstructured.Unstructured, error) {
	after, err := o.client.Create(ctx, o.want, metav1.CreateOptions{FieldManager: names.ManagedBy, DryRun: dryRun})
	if apierrors.IsAlreadyExists(err) {
		o.keep, o.action = true, Unchanged
		return o.want, nil
	}
	if err == nil {
		o.action = Created
	}
	return after, err
}
