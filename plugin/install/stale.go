package install

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// dropStale removes webhooks that another version has registered and this one does not have.
// Applying the registrations cannot: the injector of the authority owns a field of each webhook,
// so that an invalid rest of it would stay.
func (o *Options) dropStale(ctx context.Context, objects []*unstructured.Unstructured) error {
	client, err := o.clients.Dynamic()
	if err != nil {
		return err
	}
	for _, object := range objects {
		plural, ok := registrations()[object.GetKind()]
		if !ok {
			continue
		}
		configurations := client.Resource(schema.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: plural})
		live, err := configurations.Get(ctx, object.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		patch, err := withoutStale(live, object)
		if err != nil {
			return err
		}
		if patch == nil {
			continue
		}
		if _, err := configurations.Patch(ctx, object.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: names.ManagedBy}); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), o.clients.Explain(ctx, err))
		}
	}
	return nil
}

// registrations are the kinds of objects that register webhooks, with their plurals.
func registrations() map[string]string {
	return map[string]string{
		"MutatingWebhookConfiguration":   "mutatingwebhookconfigurations",
		"ValidatingWebhookConfiguration": "validatingwebhookconfigurations",
	}
}

// operation is one operation of a JSON patch.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// withoutStale is the patch that removes the webhooks that only the live object has, from the
// last to the first; nil if there are none. It fails if the object changes meanwhile.
func withoutStale(live, object *unstructured.Unstructured) ([]byte, error) {
	wanted := map[string]bool{}
	for _, name := range webhookNames(object) {
		wanted[name] = true
	}
	patch := []operation{{Op: "test", Path: "/metadata/resourceVersion", Value: live.GetResourceVersion()}}
	for i, name := range slices.Backward(webhookNames(live)) {
		if !wanted[name] {
			patch = append(patch, operation{Op: "remove", Path: fmt.Sprintf("/webhooks/%d", i)})
		}
	}
	if len(patch) == 1 {
		return nil, nil
	}
	return json.Marshal(patch)
}

func webhookNames(configuration *unstructured.Unstructured) []string {
	list, _, _ := unstructured.NestedSlice(configuration.Object, "webhooks")
	all := make([]string, 0, len(list))
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		name, _ := fields["name"].(string)
		all = append(all, name)
	}
	return all
}
