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

// conflicts are the fields that somebody else has set, and who.
func conflicts(err error) []metav1.StatusCause {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(status.Status().Details.Causes), func(c metav1.StatusCause) bool {
		return c.Type != metav1.CauseTypeFieldManagerConflict
	})
}

// onlyOurs says whether every conflict is with ourselves: another of our
// commands has updated, not applied, the field.
func onlyOurs(err error) bool {
	all := conflicts(err)
	return len(all) > 0 && !slices.ContainsFunc(all, func(c metav1.StatusCause) bool {
		return !strings.HasPrefix(c.Message, fmt.Sprintf("conflict with %q", names.ManagedBy))
	})
}

// explainPatch says what stands in the way of an apply.
func explainPatch(o *object, err error) error {
	if all := conflicts(err); len(all) > 0 {
		var lines []string
		for _, c := range all {
			lines = append(lines, fmt.Sprintf("%s (%s)", c.Field, c.Message))
		}
		return fmt.Errorf("somebody else has set fields that kubectl flare sets too: %s; undo that, or take the fields over with --force-conflicts",
			strings.Join(lines, ", "))
	}
	if apierrors.IsInvalid(err) && strings.Contains(err.Error(), "field is immutable") && (o.kind == kindSecret || o.kind == kindConfigMap) {
		return fmt.Errorf("it exists in namespace %q with other content than the kit's, under the name of the kit's digest: it was injected in the other way (into the Secret, or with --kit-claim), or somebody tampered with it; delete it and try again",
			o.want.GetNamespace())
	}
	return err
}
