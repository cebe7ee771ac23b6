package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Place is where an object stands: a file, which of its documents and, in a List,
// which of its items, both from 1.
type Place struct {
	File     string `json:"file"`
	Document int    `json:"document"`
	Item     int    `json:"item,omitempty"`
}

// String is for messages.
func (p Place) String() string {
	name := p.File
	if name == Stdin {
		name = "standard input"
	}
	if p.Item > 0 {
		return fmt.Sprintf("%s, document %d, item %d", name, p.Document, p.Item)
	}
	return fmt.Sprintf("%s, document %d", name, p.Document)
}

// Object is one object of a file.
type Object struct {
	Place
	Kind, Namespace, Name string
	// Typed is nil where the kind is not one that matters to a policy.
	Typed runtime.Object
}

// decode gives the objects of one document: none of an empty one, several of a
// List.
func decode(at Place, document []byte) ([]Object, error) {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, fmt.Errorf("it is no good YAML or JSON: %w", err)
	}
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil, nil
	}
	var head struct {
		metav1.TypeMeta `json:",inline"`
		Items           []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(data, &head); err != nil || head.Kind == "" || head.APIVersion == "" {
		return nil, errors.New("it is no Kubernetes object: it has no apiVersion and kind")
	}
	if head.Kind != "List" {
		o, err := decodeOne(at, data)
		return []Object{o}, err
	}
	objects := make([]Object, 0, len(head.Items))
	for i, item := range head.Items {
		at.Item = i + 1
		o, err := decodeOne(at, item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", at.Item, err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

func decodeOne(at Place, data []byte) (Object, error) {
	o := Object{Place: at}
	var head metav1.PartialObjectMetadata
	if err := json.Unmarshal(data, &head); err != nil {
		return o, errors.New("its metadata is not that of a Kubernetes object")
	}
	o.Kind, o.Namespace, o.Name = head.Kind, head.Namespace, head.Name
	if o.Name == "" && head.GenerateName != "" {
		o.Name = head.GenerateName + "*"
	}
	scheme, err := newScheme()
	if err != nil {
		return o, err
	}
	// Strict, as kubectl and the API server are by default: a misspelt field
	// would make a verdict on something else than was meant.
	obj, _, err := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer().Decode(data, nil, nil)
	switch {
	case runtime.IsNotRegisteredError(err):
		return o, nil
	case err != nil:
		return o, fmt.Errorf("it is not a good %s: %w", head.Kind, err)
	case meta.IsListType(obj):
		return o, fmt.Errorf("it is a %s: give kind List, or each object as a document of its own", head.Kind)
	}
	o.Typed = stored(obj)
	return o, nil
}

// stored is the object as the API server would keep it.
func stored(obj runtime.Object) runtime.Object {
	secret, ok := obj.(*corev1.Secret)
	if !ok || len(secret.StringData) == 0 {
		return obj
	}
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	for name, text := range secret.StringData {
		secret.Data[name] = []byte(text)
	}
	secret.StringData = nil
	return secret
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme,
		admissionregistrationv1.AddToScheme, v1alpha1.AddToScheme)
	return scheme, builder.AddToScheme(scheme)
}
