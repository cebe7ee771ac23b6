package battery

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// reader is a case's namespace as the webhook looks it up.
type reader struct{ snapshot *Snapshot }

// For implements handlers.Policies.
func (r reader) For(string) (*policies.Policy, string) {
	return r.snapshot.Site, r.snapshot.PolicyName
}

// Terminating implements handlers.Policies.
func (r reader) Terminating(string) bool { return r.snapshot.Terminating }

// Allowed implements handlers.Access.
func (r reader) Allowed(_ context.Context, _ authenticationv1.UserInfo, verb, _ string) (bool, error) {
	return (r.snapshot.BreakGlass && verb == "breakglass") || (r.snapshot.Govern && verb == "govern"), nil
}

// Get implements client.Reader.
func (r reader) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	switch o := into.(type) {
	case *corev1.Secret:
		return get(key, o, r.snapshot.Secrets, (*corev1.Secret).DeepCopyInto)
	case *corev1.ConfigMap:
		return get(key, o, r.snapshot.ConfigMaps, (*corev1.ConfigMap).DeepCopyInto)
	case *corev1.PersistentVolumeClaim:
		return get(key, o, r.snapshot.Claims, (*corev1.PersistentVolumeClaim).DeepCopyInto)
	case *corev1.Pod:
		return get(key, o, r.snapshot.Pods, (*corev1.Pod).DeepCopyInto)
	case *corev1.Service:
		return get(key, o, r.snapshot.Services, (*corev1.Service).DeepCopyInto)
	}
	return fmt.Errorf("the battery has no %T", into)
}

func get[T metav1.Object](key client.ObjectKey, into T, all []T, copyInto func(T, T)) error {
	for _, o := range all {
		if o.GetNamespace() == key.Namespace && o.GetName() == key.Name {
			copyInto(o, into)
			return nil
		}
	}
	return apierrors.NewNotFound(schema.GroupResource{Resource: fmt.Sprintf("%T", into)}, key.Name)
}

// List implements client.Reader for pods.
func (r reader) List(_ context.Context, into client.ObjectList, options ...client.ListOption) error {
	pods, ok := into.(*corev1.PodList)
	if !ok {
		return fmt.Errorf("the battery lists no %T", into)
	}
	o := client.ListOptions{}
	o.ApplyOptions(options)
	for _, pod := range r.snapshot.Pods {
		if pod.Namespace == o.Namespace && (o.LabelSelector == nil || o.LabelSelector.Matches(labels.Set(pod.Labels))) {
			pods.Items = append(pods.Items, *pod)
		}
	}
	return nil
}
