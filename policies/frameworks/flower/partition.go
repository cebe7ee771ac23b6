package flower

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/BurntSushi/toml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The keys of node-config.toml with which Flower's own templates of apps find their part of
// the data. Source: flwr new, 1.42.0.
const (
	KeyPartition  = "partition-id"
	KeyPartitions = "num-partitions"
)

// keyForm is a bare key of TOML 1.0.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Partition writes node-config.toml.
func (Framework) Partition(local kit.Files, number, of int, values map[string]string) (kit.Files, error) {
	config := map[string]any{KeyPartition: number, KeyPartitions: of}
	for key, text := range values {
		switch {
		case !keyForm.MatchString(key):
			return nil, fmt.Errorf("the key %s is not valid: it must have 1 to 64 letters, digits, - and _", kit.Quote(key))
		case key == KeyPartition || key == KeyPartitions:
			return nil, fmt.Errorf("the key %s is set for each client: leave it out", key)
		case !kit.Printable(text):
			return nil, fmt.Errorf("the value of %s has characters that cannot be printed", key)
		}
		config[key] = configValue(text)
	}
	data, err := toml.Marshal(config)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(local), func(f kit.File) bool { return f.Name == NodeConfigFile })
	return append(others, kit.File{Name: NodeConfigFile, Data: data, Mode: public}), nil
}

// numberForm is a number as people write it: no leading zero, no exponent, no infinity.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?$`)

// configValue is a number, true or false, or else a text.
func configValue(text string) any {
	if text == "true" || text == "false" {
		return text == "true"
	}
	if !numberForm.MatchString(text) {
		return text
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return text
}

// Addresses are the ports for SuperNodes and for scientists.
func (Framework) Addresses(host string) (clients, admins string) {
	return host + ":" + strconv.Itoa(FleetPort), host + ":" + strconv.Itoa(ControlPort)
}
