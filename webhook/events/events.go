// Package events makes Events in governed namespaces.
package events

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// component is what the Events say that they come from.
const component = "flare-webhook"

// Recorder implements handlers.Recorder.
type Recorder struct{ client.Client }

// BreakGlass makes an Event about the pod or Service that a user reached by break-glass, so
// that the people of the namespace see it.
func (r Recorder) BreakGlass(ctx context.Context, use handlers.BreakGlassUse) error {
	at := metav1.NewTime(use.At)
	event := &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: "break-glass-", Namespace: use.Namespace},
		InvolvedObject: corev1.ObjectReference{APIVersion: "v1", Kind: kind(use.Resource), Namespace: use.Namespace, Name: use.Name},
		Reason:         "BreakGlass", Type: corev1.EventTypeWarning,
		Message: fmt.Sprintf("%s used break-glass of SitePolicy %s for %s; it is open until %s: %s",
			use.User, use.Policy, use.Subresource, use.Until.UTC().Format(time.RFC3339), use.Reason),
		FirstTimestamp: at, LastTimestamp: at, Count: 1,
		Source:              corev1.EventSource{Component: component},
		ReportingController: component,
	}
	if err := r.Create(ctx, event); err != nil {
		return fmt.Errorf("the Event about break-glass in namespace %q cannot be created: %w", use.Namespace, err)
	}
	return nil
}

func kind(resource string) string {
	if resource == "services" {
		return "Service"
	}
	return "Pod"
}
