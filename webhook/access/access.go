// Package access asks the API server who a user is, and what they may do.
package access

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Reviewer asks by SubjectAccessReview: it is the requesting user's right that
// counts, never the webhook's own.
type Reviewer struct{ client.Client }

// Allowed says whether the user has the verb on the SitePolicy.
func (r Reviewer) Allowed(ctx context.Context, user authenticationv1.UserInfo, verb, policy string) (bool, error) {
	allowed, err := r.review(ctx, user, authorizationv1.SubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Group: v1alpha1.Group, Version: v1alpha1.GroupVersion().Version, Resource: v1alpha1.Resource,
			Verb: verb, Name: policy,
		},
	})
	if err != nil {
		return false, fmt.Errorf("cannot ask whether %q may %s the SitePolicy %q: %w", user.Username, verb, policy, err)
	}
	return allowed, nil
}

// review completes the question with the user, and asks it.
func (r Reviewer) review(ctx context.Context, user authenticationv1.UserInfo, spec authorizationv1.SubjectAccessReviewSpec) (bool, error) {
	spec.User, spec.UID, spec.Groups, spec.Extra = user.Username, user.UID, user.Groups, extra(user.Extra)
	review := &authorizationv1.SubjectAccessReview{Spec: spec}
	if err := r.Create(ctx, review); err != nil {
		return false, err
	}
	return review.Status.Allowed && !review.Status.Denied, nil
}

func extra(from map[string]authenticationv1.ExtraValue) map[string]authorizationv1.ExtraValue {
	if from == nil {
		return nil
	}
	to := make(map[string]authorizationv1.ExtraValue, len(from))
	for key, value := range from {
		to[key] = authorizationv1.ExtraValue(value)
	}
	return to
}
