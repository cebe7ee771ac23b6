package federation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Decode reads a file. Its error has all problems with the form of the file, each with its
// line: unknown fields, missing ones, and values of another type.
func Decode(file string, data []byte) (*Federation, error) {
	p := &places{file: file}
	value, err := p.parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	head, _ := value.(map[string]any)
	if head["apiVersion"] != names.APIVersion || head["kind"] != Kind {
		return nil, fmt.Errorf("%s: it must begin with apiVersion: %s and kind: %s", file, names.APIVersion, Kind)
	}
	found, err := checkSchema(value)
	if err == nil {
		err = p.errorsOf(found)
	}
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	f := &Federation{places: p}
	if err := json.Unmarshal(content, f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

// parse reads one document without duplicate keys.
func (p *places) parse(data []byte) (any, error) {
	if bytes.Contains(data, []byte("\n---\n")) {
		return nil, fmt.Errorf("it has several documents: give a file with one %s", Kind)
	}
	content, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, invalidYAML(err)
	}
	var document yamlv3.Node
	if err := yamlv3.Unmarshal(data, &document); err != nil {
		return nil, invalidYAML(err)
	}
	if len(document.Content) > 0 {
		p.root = document.Content[0]
	}
	var value any
	err = json.Unmarshal(content, &value)
	return value, err
}

// invalidYAML is a parser's message in one line, without the parser's name.
func invalidYAML(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	for _, noise := range []string{"error converting YAML to JSON: ", "yaml: ", "unmarshal errors: "} {
		text = strings.Replace(text, noise, "", 1)
	}
	return errors.New("it is not valid YAML: " + text)
}
