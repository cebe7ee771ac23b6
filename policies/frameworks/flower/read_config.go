package flower

import (
	"crypto"
	"crypto/ecdsa"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// maxConfig is the greatest size of flower.json and of supernodes.json, in bytes.
const maxConfig = 1 << 20

func wrongFile(name string, p *problem) error {
	return &kit.FieldError{File: path.Join(kit.StartupDir, name), Field: p.field, Problem: p.text, Fix: kit.AsProvisioned}
}

// decode reads one JSON file of startup/.
func decode(startup kit.Files, name string) (any, error) {
	data, ok := startup.Get(name)
	switch {
	case !ok:
		return nil, wrongFile(name, &problem{"", "is missing"})
	case len(data) > maxConfig:
		return nil, wrongFile(name, &problem{"", fmt.Sprintf("is larger than %d KiB", maxConfig>>10)})
	}
	root, err := strictjson.Decode(data)
	if err != nil {
		return nil, wrongFile(name, &problem{"", "is not valid JSON: " + err.Error()})
	}
	return root, nil
}

// SpecOf is what the files of a kit say. The kit is one that Read has read.
func SpecOf(k *kit.Kit) (Spec, error) {
	s, err := readConfig(k.Startup)
	if err != nil || s.Role != RoleServer {
		return s, err
	}
	s.Nodes, err = Nodes(k.Startup)
	return s, err
}

func readConfig(startup kit.Files) (Spec, error) {
	root, err := decode(startup, ConfigFile)
	if err != nil {
		return Spec{}, err
	}
	object, ok := root.(map[string]any)
	if !ok {
		return Spec{}, wrongFile(ConfigFile, &problem{"", "must be a JSON object"})
	}
	s, p := specIn(object)
	if p == nil {
		p = s.check()
	}
	if p != nil {
		return Spec{}, wrongFile(ConfigFile, p)
	}
	return s, nil
}

func specIn(object map[string]any) (s Spec, wrong *problem) {
	texts := map[string]*string{
		"federation": &s.Federation, "participant": &s.Participant, "org": &s.Org, "version": &s.Version,
		"superlink": &s.SuperLink, "control": &s.Control, "role": (*string)(&s.Role),
	}
	for _, field := range slices.Sorted(maps.Keys(object)) {
		if field == "names" {
			if s.Names, wrong = textsIn(object[field]); wrong != nil {
				return s, wrong
			}
			continue
		}
		into, known := texts[field]
		if !known {
			return s, &problem{"", "has the unknown field " + kit.Quote(field)}
		}
		text, ok := object[field].(string)
		if !ok {
			return s, &problem{field, "must be a string"}
		}
		*into = text
	}
	return s, nil
}

func textsIn(value any) ([]string, *problem) {
	list, ok := value.([]any)
	if !ok {
		return nil, &problem{"names", "must be a list"}
	}
	var all []string
	for i, one := range list {
		text, ok := one.(string)
		if !ok {
			return nil, &problem{fmt.Sprintf("names[%d]", i), "must be a string"}
		}
		all = append(all, text)
	}
	return all, nil
}

// Nodes are the SuperNodes in a SuperLink's supernodes.json. The error is a
// *kit.FieldError.
func Nodes(startup kit.Files) ([]Node, error) {
	root, err := decode(startup, NodesFile)
	if err != nil {
		return nil, err
	}
	list, ok := root.([]any)
	if !ok {
		return nil, wrongFile(NodesFile, &problem{"", "must be a JSON list"})
	}
	var nodes []Node
	for i, one := range list {
		object, _ := one.(map[string]any)
		name, named := object["name"].(string)
		key, keyed := object["key"].(string)
		if !named || !keyed || len(object) != 2 {
			return nil, wrongFile(NodesFile, &problem{fmt.Sprintf("[%d]", i), "must have exactly the fields name and key, both of them strings"})
		}
		nodes = append(nodes, Node{name, key})
	}
	if p := checkNodes(nodes); p != nil {
		return nil, wrongFile(NodesFile, p)
	}
	return nodes, nil
}

func isECDSA(key crypto.PublicKey) bool {
	_, ok := key.(*ecdsa.PublicKey)
	return ok
}
