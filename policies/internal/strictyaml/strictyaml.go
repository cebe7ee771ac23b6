// Package strictyaml decodes untrusted YAML into a tree, as package strictjson does JSON. It
// must have the form of JSON: without anchors, tags and keys that are no texts, of which
// parsers make different things.
package strictyaml

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
)

// maxDepth limits the nesting: a template of a pod needs about ten levels.
const maxDepth = 32

// Decode reads one document; its value is nil if it is empty. If there is an error, the line
// is where it is, 0 if that is not known.
func Decode(data []byte) (strictjson.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return strictjson.Node{}, errors.New("it is not valid YAML")
	}
	if len(document.Content) == 0 {
		return strictjson.Node{}, nil
	}
	return plain(document.Content[0], maxDepth)
}

// plain is a YAML node as JSON. If there is an error, its line is that of the node.
func plain(n *yaml.Node, depth int) (strictjson.Node, error) {
	out := strictjson.Node{Line: n.Line}
	switch {
	case depth == 0:
		return out, fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	case n.Kind == yaml.AliasNode, n.Anchor != "", n.Style&yaml.TaggedStyle != 0:
		return out, errors.New("it has an anchor, an alias or a tag")
	case n.Kind == yaml.ScalarNode:
		out.Value = scalar(n)
		return out, nil
	case n.Kind == yaml.MappingNode:
		return mapping(n, depth)
	}
	list := make([]strictjson.Node, 0, len(n.Content))
	for _, one := range n.Content {
		item, err := plain(one, depth-1)
		if err != nil {
			return item, err
		}
		list = append(list, item)
	}
	out.Value = list
	return out, nil
}

func mapping(n *yaml.Node, depth int) (strictjson.Node, error) {
	object := make(map[string]strictjson.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		_, twice := object[key.Value]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Tag != "!!str" || twice {
			return strictjson.Node{Line: key.Line}, fmt.Errorf("the key %.60q is not a text, or is there twice", key.Value)
		}
		item, err := plain(n.Content[i+1], depth-1)
		if err != nil {
			return item, err
		}
		object[key.Value] = item
	}
	return strictjson.Node{Line: n.Line, Value: object}, nil
}

// scalar is a text, a boolean or a number in the form of JSON; nil if it is anything else.
func scalar(n *yaml.Node) any {
	switch {
	case n.Tag == "!!str":
		return n.Value
	case n.Tag == "!!bool" && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true"
	case (n.Tag == "!!int" || n.Tag == "!!float") && json.Valid([]byte(n.Value)):
		return json.Number(n.Value)
	}
	return nil
}
