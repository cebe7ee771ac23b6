package federation

import (
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// generated is what controller-gen makes of the types: the form of a CRD, which is never
// installed.
//
//go:embed schema/kubectl-flare.dev_federations.yaml
var generated []byte

// Schema is the JSON schema of files, for editors. It rejects unknown fields.
func Schema() (map[string]any, error) {
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema map[string]any `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(generated, &crd); err != nil {
		return nil, fmt.Errorf("the schema in the program is not valid: %w", err)
	}
	schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	properties, _ := schema["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"type": "string", "enum": []any{names.APIVersion}}
	properties["kind"] = map[string]any{"type": "string", "enum": []any{Kind}}
	properties["metadata"] = map[string]any{
		"type": "object", "required": []any{"name"},
		"properties": map[string]any{"name": map[string]any{"type": "string", "minLength": int64(1), "description": "The name of the federation, as it is in the kits."}},
	}
	schema["required"] = []any{"apiVersion", "kind", "metadata", "spec"}
	closed(schema)
	return schema, nil
}

// closed makes unknown fields an error in every object with fields, and removes what only
// Kubernetes understands.
func closed(schema map[string]any) {
	for key, value := range schema {
		if strings.HasPrefix(key, "x-kubernetes-") {
			delete(schema, key)
		}
		switch v := value.(type) {
		case map[string]any:
			closed(v)
		case []any:
			for _, one := range v {
				if m, ok := one.(map[string]any); ok {
					closed(m)
				}
			}
		}
	}
	if _, fields := schema["properties"].(map[string]any); fields && schema["type"] == "object" {
		schema["additionalProperties"] = false
	}
}

// checkSchema finds all values that do not have the form that the schema gives.
func checkSchema(value any) ([]problem, error) {
	schema, err := Schema()
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	s := &spec.Schema{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, err
	}
	var found []problem
	for _, err := range validate.NewSchemaValidator(s, nil, "", strfmt.Default).Validate(value).Errors {
		found = append(found, schemaProblem(err.Error()))
	}
	return found, nil
}

// schemaProblem splits a message of the validator, which begins with the path of a field.
func schemaProblem(message string) problem {
	path, text, _ := strings.Cut(message, " ")
	text = strings.TrimPrefix(text, "in body ")
	if text == "is a forbidden property" {
		text = "is not a field of the file"
	}
	return problem{strings.TrimPrefix(path, "."), text}
}
