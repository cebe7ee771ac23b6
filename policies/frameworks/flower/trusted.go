package flower

import (
	"crypto/ed25519"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictyaml"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// entityForm is the form of the names of trusted entities. Source: the help of
// --trusted-entities in flwr/supernode/cli/flower_supernode.py, 1.42.0.
var entityForm = regexp.MustCompile(`^fpk_[A-Za-z0-9-]{1,64}$`)

// readTrusted reads the trusted entities, if there is a file. One without entities would
// make the SuperNode run any app. Source: start_client_internal.py, 1.42.0.
func readTrusted(files kit.Files) ([]settings.Setting, *doubt) {
	data, ok := files.Get(TrustedEntitiesFile)
	if !ok {
		return nil, nil
	}
	root, wrong := mapping(data)
	if wrong != nil {
		return nil, wrong
	}
	if len(root) == 0 {
		return nil, &doubt{text: "it lists no one, and with that the SuperNode runs any app: remove the file, or list the keys of those who may"}
	}
	var keys []string
	for _, name := range slices.Sorted(maps.Keys(root)) {
		n := root[name]
		text, _ := n.Value.(string)
		key, err := openssh.ParsePublicKey([]byte(text))
		_, known := key.(ed25519.PublicKey)
		if !entityForm.MatchString(name) || err != nil || !known {
			return nil, &doubt{n.Line, kit.Quote(name) + " must be an entity such as fpk_ID with an Ed25519 key in OpenSSH's form"}
		}
		line, err := openssh.EncodePublicKey(key)
		if err != nil {
			return nil, &doubt{n.Line, err.Error()}
		}
		keys = append(keys, line)
	}
	return []settings.Setting{{Path: SettingTrustedEntities, Value: keys, File: path.Join(kit.LocalDir, TrustedEntitiesFile)}}, nil
}

// mapping reads a YAML file that is a mapping; an empty one has no keys.
func mapping(data []byte) (map[string]strictjson.Node, *doubt) {
	if len(data) > maxLocal {
		return nil, &doubt{text: fmt.Sprintf("it is larger than %d KiB", maxLocal>>10)}
	}
	root, err := strictyaml.Decode(data)
	if err != nil {
		return nil, &doubt{root.Line, err.Error()}
	}
	object, ok := root.Value.(map[string]strictjson.Node)
	if !ok && root.Line > 0 {
		return nil, &doubt{root.Line, "it is not a mapping"}
	}
	return object, nil
}
