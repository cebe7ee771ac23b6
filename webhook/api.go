package webhook

import (
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// connect makes a client that always asks the API server, and a cache of the two
// kinds that every verdict needs.
func connect(config *rest.Config) (*api, error) {
	config = rest.CopyConfig(config)
	// The API server has its own fairness; a limit here would only make it wait
	// for us.
	config.QPS = -1
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	mapper := newMapper()
	c, err := client.New(config, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		return nil, err
	}
	governed, err := labels.NewRequirement(names.LabelSitePolicy, selection.Exists, nil)
	if err != nil {
		return nil, err
	}
	namespaces := &metav1.PartialObjectMetadata{}
	namespaces.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	informers, err := cache.New(config, cache.Options{
		Scheme: scheme, Mapper: mapper, DefaultTransform: cache.TransformStripManagedFields(),
		ByObject: map[client.Object]cache.ByObject{namespaces: {Label: labels.NewSelector().Add(*governed)}},
	})
	if err != nil {
		return nil, err
	}
	return &api{client: c, cache: informers}, nil
}

// newScheme knows the kinds that are asked for and no others: every kind costs
// memory.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, authenticationv1.AddToScheme, authorizationv1.AddToScheme, admissionregistrationv1.AddToScheme,
		v1alpha1.AddToScheme, metav1.AddMetaToScheme)
	return scheme, builder.AddToScheme(scheme)
}

// newMapper spares a start the discovery, and a request the wait for it.
func newMapper() meta.RESTMapper {
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range []string{"Pod", "Service", "Secret", "ConfigMap", "PersistentVolumeClaim", "Event"} {
		mapper.Add(corev1.SchemeGroupVersion.WithKind(kind), meta.RESTScopeNamespace)
	}
	mapper.Add(corev1.SchemeGroupVersion.WithKind("Namespace"), meta.RESTScopeRoot)
	mapper.Add(authenticationv1.SchemeGroupVersion.WithKind("TokenReview"), meta.RESTScopeRoot)
	mapper.Add(authorizationv1.SchemeGroupVersion.WithKind("SubjectAccessReview"), meta.RESTScopeRoot)
	mapper.Add(admissionregistrationv1.SchemeGroupVersion.WithKind("ValidatingWebhookConfiguration"), meta.RESTScopeRoot)
	mapper.Add(admissionregistrationv1.SchemeGroupVersion.WithKind("MutatingWebhookConfiguration"), meta.RESTScopeRoot)
	mapper.Add(v1alpha1.GroupVersion().WithKind(v1alpha1.Kind), meta.RESTScopeRoot)
	return mapper
}
