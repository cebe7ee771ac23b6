package source

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
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// decoder turns documents into objects.
type decoder struct{ strict runtime.Decoder }

func newDecoder() (*decoder, error) {
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme,
		admissionregistrationv1.AddToScheme, v1alpha1.AddToScheme)
	if err := builder.AddToScheme(scheme); err != nil {
		return nil, err
	}
	return &decoder{serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()}, nil
}

// yaml visits the objects of a YAML document; an empty one has none.
func (d *decoder) yaml(at Place, document []byte, visit func(Object) error) error {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return fmt.Errorf("%s: it is not valid YAML or JSON: %w", at, err)
	}
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil
	}
	return d.value(at, data, visit)
}

// json visits the objects of a JSON value, which may have no duplicate keys.
func (d *decoder) json(at Place, data []byte, visit func(Object) error) error {
	var tree any
	strict, err := kjson.UnmarshalStrict(data, &tree)
	if err := errors.Join(append(strict, err)...); err != nil {
		return fmt.Errorf("%s: it is not valid JSON: %w", at, err)
	}
	return d.value(at, data, visit)
}

// value visits the objects of one value, several of a List.
func (d *decoder) value(at Place, data []byte, visit func(Object) error) error {
	var head struct {
		metav1.TypeMeta `json:",inline"`
		Items           []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(data, &head); err != nil || head.Kind == "" || head.APIVersion == "" {
		return fmt.Errorf("%s: it is not a Kubernetes object: it has no apiVersion and kind", at)
	}
	if head.Kind != "List" {
		return d.object(at, data, visit)
	}
	for i, item := range head.Items {
		at.Item = i + 1
		if err := d.object(at, item, visit); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) object(at Place, data []byte, visit func(Object) error) error {
	o, err := d.decode(at, data)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return visit(o)
}

func (d *decoder) decode(at Place, data []byte) (Object, error) {
	o := Object{Place: at}
	var head metav1.PartialObjectMetadata
	if err := json.Unmarshal(data, &head); err != nil {
		return o, errors.New("its metadata is not that of a Kubernetes object")
	}
	o.Kind, o.Namespace, o.Name = head.Kind, head.Namespace, head.Name
	if o.Name == "" && head.GenerateName != "" {
		o.Name = head.GenerateName + "*"
	}
	obj, _, err := d.strict.Decode(data, nil, nil)
	switch {
	case runtime.IsNotRegisteredError(err):
		return o, nil
	case err != nil:
		return o, fmt.Errorf("it is not a valid %s: %w", head.Kind, err)
	case meta.IsListType(obj):
		return o, fmt.Errorf("it is a %s: use kind List, or a separate document for each object", head.Kind)
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
