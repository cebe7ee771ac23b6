package flower

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// maxLocal is the greatest size of a file of local/, in bytes, and maxBrackets how many
// brackets it may have, which bounds its nesting.
const (
	maxLocal    = 128 << 10
	maxBrackets = 1000
)

// readNodeConfig reads a SuperNode's node configuration. Flower makes names with dots of
// tables. Source: parse_config_args and flatten_dict in flwr/common/config.py, 1.42.0.
func readNodeConfig(files kit.Files) ([]settings.Setting, *doubt) {
	data, ok := files.Get(NodeConfigFile)
	if !ok {
		return nil, nil
	}
	r := &nodeConfig{data: data}
	values, problem := r.decode()
	if problem == nil {
		problem = r.table(nil, values)
	}
	if problem != nil {
		return nil, problem
	}
	return r.found, nil
}

// nodeConfig reads one file until the first problem.
type nodeConfig struct {
	data  []byte
	found []settings.Setting
}

func (r *nodeConfig) decode() (map[string]any, *doubt) {
	switch {
	case len(r.data) > maxLocal:
		return nil, &doubt{text: fmt.Sprintf("it is larger than %d KiB", maxLocal>>10)}
	case bytes.Count(r.data, []byte("["))+bytes.Count(r.data, []byte("{")) > maxBrackets:
		return nil, &doubt{text: "it has more tables and lists than a node configuration needs"}
	}
	var values map[string]any
	err := toml.Unmarshal(r.data, &values)
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		return nil, &doubt{parse.Position.Line, "it is not valid TOML"}
	}
	if err != nil {
		return nil, &doubt{text: "it is not valid TOML"}
	}
	return values, nil
}

// bareKey is a key of TOML without quotes. Others could have dots, which look like tables.
var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

func (r *nodeConfig) table(tables []string, values map[string]any) *doubt {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		name := keyIn(slices.Clone(tables), key)
		switch {
		case !bareKey.MatchString(key):
			return &doubt{text: fmt.Sprintf("the key %s may have letters, digits, '_' and '-' only", kit.Quote(key))}
		case len(tables) >= maxNesting:
			return &doubt{text: fmt.Sprintf("its tables are nested deeper than %d levels", maxNesting-1)}
		}
		if table, ok := values[key].(map[string]any); ok {
			if problem := r.table(append(slices.Clone(tables), key), table); problem != nil {
				return problem
			}
			continue
		}
		value, ok := nodeValue(values[key])
		if !ok {
			return &doubt{r.line(key), name + " must be a text, a number, true or false: Flower has no other values"}
		}
		r.found = append(r.found, settings.Setting{Path: SettingNodeConfig + "." + name, Value: value, File: path.Join(kit.LocalDir, NodeConfigFile), Line: r.line(key)})
	}
	return nil
}

// nodeValue is a value as policies compare it, nil for a number that they cannot.
func nodeValue(value any) (any, bool) {
	const exact = 1 << 53
	switch v := value.(type) {
	case string, bool:
		return v, true
	case int64:
		if v > exact || v < -exact {
			return nil, true
		}
		return float64(v), true
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, true
		}
		return v, true
	}
	return nil, false
}

// line is the first line that sets a key of this name, for messages.
func (r *nodeConfig) line(key string) int {
	number := 0
	for line := range bytes.Lines(r.data) {
		number++
		name, _, ok := bytes.Cut(line, []byte("="))
		if name = bytes.TrimSpace(name); ok && (string(name) == key || bytes.HasSuffix(name, []byte("."+key))) {
			return number
		}
	}
	return 0
}
