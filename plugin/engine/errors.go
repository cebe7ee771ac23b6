package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// conflicts are the fields that other field managers have set, and the managers.
func conflicts(err error) []metav1.StatusCause {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(status.Status().Details.Causes), func(c metav1.StatusCause) bool {
		return c.Type != metav1.CauseTypeFieldManagerConflict
	})
}

// onlyOurs says whether all conflicts are with ourselves: another of our commands has
// updated the field instead of applying it.
func onlyOurs(err error) bool {
	all := conflicts(err)
	return len(all) > 0 && !slices.ContainsFunc(all, func(c metav1.StatusCause) bool {
		return !strings.HasPrefix(c.Message, fmt.Sprintf("conflict with %q", names.ManagedBy))
	})
}

// explainPatch explains why an apply failed.
func explainPatch(o *object, err error) error {
	if all := conflicts(err); len(all) > 0 {
		var lines []string
		for _, c := range all {
			lines = append(lines, fmt.Sprintf("%s (%s)", c.Field, c.Message))
		}
		return fmt.Errorf("other field managers have set fields that kubectl flare sets too: %s; undo that, or take the fields over with --force-conflicts",
			strings.Join(lines, ", "))
	}
	if apierrors.IsInvalid(err) && strings.Contains(err.Error(), "field is immutable") && o.kind == kindConfigMap {
		return fmt.Errorf("it exists in namespace %q with the name of this kit's digest, but with other content: either the kit was injected the other way (into a Secret, or with --kit-claim), or the object was tampered with; delete it and try again",
			o.want.GetNamespace())
	}
	return err
}
