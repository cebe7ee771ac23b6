package kits

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// lookUpError says why an object could not be read. The API server's words name
// it and never hold its content.
func lookUpError(kind, name string, err error) string {
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Sprintf("the %s does not exist", kind)
	case apierrors.IsForbidden(err):
		return fmt.Sprintf("the webhook may not read the %s: add its right with `kubectl flare site add`", kind)
	}
	return fmt.Sprintf("the %s %q cannot be read: %v", kind, name, err)
}
